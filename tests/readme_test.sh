#!/usr/bin/env bash
# readme_test.sh DUALSIM README: runs the commands of the README's tour, those that
# begin with "$ " (lines that begin with "> " belong to them), and compares what
# they print with what the README shows. "..." there stands for anything.
set -u
dualsim=$PWD/$1 readme=$PWD/$2
cd "$TEST_TMPDIR" || exit 1
mkdir -p tools
cp "$dualsim" tools/dualsim
cp -rL "$OLDPWD/scenarios" .
failures=0 tried=0

# check COMMAND SHOWN: both may have several lines.
check() {
  local said pattern
  tried=$((tried + 1))
  said=$(bash -c "$1" 2>&1)
  # The README's text as a pattern of the shell: everything quoted but "...".
  pattern=$(sed -e 's/[][\\*?]/\\&/g' -e 's/\.\.\./*/g' <<<"$2")
  # shellcheck disable=SC2053 # it is meant as a pattern
  if [[ $said != $pattern ]]; then
    printf 'FAILED: %s\n-- the README shows:\n%s\n-- but it prints:\n%s\n' "$1" "$2" "$said"
    failures=$((failures + 1))
  fi
}

command='' shown=''
finish() {
  [ -n "$command" ] && check "$command" "${shown%$'\n'}"
  command='' shown=''
}
while IFS= read -r line; do
  case $line in
    '    $ '*) finish; command=${line#'    $ '} ;;
    '    > '* | '    >') command+=$'\n'${line:6} ;;
    '    '*) [ -n "$command" ] && shown+=${line#'    '}$'\n' ;;
    *) finish ;;
  esac
done < <(sed -n '/^## A five-minute tour/,/^## An application/p' "$readme")
finish

[ "$tried" -ge 5 ] || { echo "only $tried commands were found"; exit 1; }
[ "$failures" = 0 ] && echo "$tried commands print what the README shows"
exit "$failures"
