#!/bin/sh
# Chromium and a Chinese font for the browser tests: installed where that is allowed, named where it is not.
set -u
missing=""
command -v chromium >/dev/null 2>&1 || missing="chromium"
fc-list 2>/dev/null | grep -qi "cjk" || missing="$missing fonts-noto-cjk"
[ -z "$missing" ] && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "installing$([ -n "$missing" ] && echo " $missing")"
    apt-get update -qq >/dev/null 2>&1
    # shellcheck disable=SC2086 - several names
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq $missing >/dev/null 2>&1 && exit 0
fi
echo "the browser tests need the packages: $missing (Debian: apt-get install $missing); tests that need them are skipped"
exit 0
