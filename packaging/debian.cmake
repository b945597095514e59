# The Debian package of a folder that packaging/make-packages.sh has laid out:
#   cpack --config debian.cmake -D CPACK_INSTALLED_DIRECTORIES='FOLDER;/' -D CPACK_PACKAGE_VERSION=VERSION
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME pbn)
set(CPACK_PACKAGE_FILE_NAME pbn)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_ARCHITECTURE amd64)
set(CPACK_DEBIAN_PACKAGE_MAINTAINER "The PBN developers <developers@pbn.invalid>")
set(CPACK_DEBIAN_PACKAGE_SECTION science)
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "studies of part-based branching networks for human pose estimation")
set(CPACK_PACKAGE_DESCRIPTION
"pbn plans, starts and reports the experiments of any program, on one machine or with Slurm, prepares pose data sets and
evaluates predictions. It needs no other package.

pbn_worker trains the networks of Tang & Wu (CVPR 2019). It needs Open MPI, and LibTorch, which Debian does not have: see
/usr/share/doc/pbn/docs/installing.md.")
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "openmpi-bin")
set(CPACK_DEBIAN_PACKAGE_SUGGESTS "librsvg2-bin, python3-venv, slurm-client")
set(CPACK_PACKAGING_INSTALL_PREFIX "/")
