#!/usr/bin/env bash
# with_vectors.sh SUBFOLDER COMMAND [ARGUMENT...]: runs the command with the folder of vectors in
# place of the argument @. Passes, after saying so, where there is no such folder.
set -euo pipefail
folder=${TROUPE_VECTORS:-../shared/vectors}/$1
shift
if [ ! -d "$folder" ]; then
    echo "vectors not found: $folder"
    exit 0
fi
if [ ! -x "$1" ]; then
    echo "not built: $1 (./dev test builds it)"
    exit 77
fi
exec "${@/#@/$folder}"
