#!/usr/bin/env bash
# parity_test.sh PARITY DUALSIM LAB PAGE: compares, and holds docs/parity.md against what it saw.
export DUALSIM=$PWD/$2 PYTHONDONTWRITEBYTECODE=1 PATH=$PATH:/usr/sbin:/sbin
export PYTHONPATH=$PWD/${3%/*}
exec python3 "$1" --check "$PWD/$4"
