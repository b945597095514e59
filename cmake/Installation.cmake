# `cmake --install BUILD --prefix DIR [--component NAME]` fills DIR/bin, lib/pbn and share; DESTDIR=STAGE goes before DIR.
#   component pbn: pbn, its manual page and completions, grids, examples for Slurm, documents
#   component worker: pbn_worker, its manual page, the plug-in for GPUs
# The programs find each other and the plug-in relative to themselves, so that DIR may be moved. LibTorch, MPI and the
# site's libraries are found where they were linked; -DCMAKE_INSTALL_RPATH_USE_LINK_PATH=OFF leaves that to
# LD_LIBRARY_PATH or to -DCMAKE_INSTALL_RPATH=....
include(GNUInstallDirs)
if(PBN_SANITIZE)
  return()
endif()

set(printed ${PROJECT_BINARY_DIR}/printed)  # what the programs print about themselves
file(MAKE_DIRECTORY ${printed})

# pbn_install_printed(pbn.1 BY pbn WORDS manual INTO share/man/man1 COMPONENT pbn)
function(pbn_install_printed name)
  cmake_parse_arguments(TEXT "" "BY;INTO;COMPONENT" "WORDS" ${ARGN})
  set(program pbn_program_${TEXT_BY})
  add_custom_command(OUTPUT ${printed}/${name} DEPENDS ${program} VERBATIM
    COMMAND ${program} ${TEXT_WORDS} > ${printed}/${name}.tmp
    COMMAND ${CMAKE_COMMAND} -E rename ${printed}/${name}.tmp ${printed}/${name})
  install(FILES ${printed}/${name} DESTINATION ${TEXT_INTO} COMPONENT ${TEXT_COMPONENT})
  set_property(GLOBAL APPEND PROPERTY pbn_printed_${TEXT_COMPONENT} ${printed}/${name})
endfunction()

install(TARGETS pbn_program_pbn RUNTIME COMPONENT pbn)
pbn_install_printed(pbn.1 BY pbn WORDS manual INTO ${CMAKE_INSTALL_MANDIR}/man1 COMPONENT pbn)
pbn_install_printed(pbn BY pbn WORDS completion bash COMPONENT pbn
  INTO ${CMAKE_INSTALL_DATADIR}/bash-completion/completions)
pbn_install_printed(_pbn BY pbn WORDS completion zsh COMPONENT pbn INTO ${CMAKE_INSTALL_DATADIR}/zsh/site-functions)
pbn_install_printed(pbn.fish BY pbn WORDS completion fish COMPONENT pbn
  INTO ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d)

install(DIRECTORY experiments slurm DESTINATION ${CMAKE_INSTALL_DATADIR}/pbn COMPONENT pbn)
install(DIRECTORY docs DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT pbn USE_SOURCE_PERMISSIONS
  PATTERN results/lsp-power/runs EXCLUDE)  # archives of runs
install(FILES README.md CHANGELOG.md CITATION.cff CONTRIBUTING.md LICENSE SECURITY.md
  DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT pbn)
install(FILES packaging/Containerfile packaging/pbn.def DESTINATION ${CMAKE_INSTALL_DOCDIR}/packaging COMPONENT pbn)
# The documents' links to ../slurm
file(RELATIVE_PATH examples ${CMAKE_INSTALL_FULL_DOCDIR} ${CMAKE_INSTALL_FULL_DATADIR}/pbn/slurm)
file(CREATE_LINK ${examples} ${PROJECT_BINARY_DIR}/slurm SYMBOLIC)
install(FILES ${PROJECT_BINARY_DIR}/slurm DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT pbn)

if(PBN_TORCH)
  install(TARGETS pbn_program_pbn_worker RUNTIME COMPONENT worker)
  pbn_install_printed(pbn_worker.1 BY pbn_worker WORDS manual INTO ${CMAKE_INSTALL_MANDIR}/man1 COMPONENT worker)
  if(PBN_CUDA)
    install(TARGETS pbn_cuda LIBRARY DESTINATION lib/pbn COMPONENT worker)
  endif()
endif()

# pbn_installed_COMPONENT: makes all that this component installs
foreach(component pbn worker)
  get_property(texts GLOBAL PROPERTY pbn_printed_${component})
  add_custom_target(pbn_installed_${component} ALL DEPENDS ${texts})
endforeach()
