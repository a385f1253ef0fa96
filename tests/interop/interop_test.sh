#!/usr/bin/env bash
# interop_test.sh INTEROP DUALSIM CHECK_CAPTURES: the quick cases of the suite.
export DUALSIM=$PWD/$2 CHECK_CAPTURES=$PWD/$3 PYTHONDONTWRITEBYTECODE=1 PATH=$PATH:/usr/sbin:/sbin
exec python3 "$1" --quick
