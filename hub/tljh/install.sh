#!/usr/bin/env bash
# Makes an Ubuntu server (22.04 or newer, used for nothing else) a JupyterHub with this course:
#
#   sudo DOMAIN=hub.example.org EMAIL=teacher@example.org bash hub/tljh/install.sh
#
# Further settings, given in the same way: ADMIN (teacher), LEARNERS (30), TLJH (2.0.0, its version) and COURSE_DATA
# (a folder with mnist.npz and fashion_mnist.npz; without it, both are downloaded). It may be run again at any time.
set -euo pipefail
umask 022

: "${DOMAIN:?the name of the hub, for instance DOMAIN=hub.example.org}"
: "${EMAIL:?where the maker of the HTTPS certificate can write to you, for instance EMAIL=teacher@example.org}"
ADMIN=${ADMIN:-teacher}
LEARNERS=${LEARNERS:-30}
TLJH=${TLJH:-2.0.0}

course=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
[[ $EUID -eq 0 ]] || { echo "run it with sudo" >&2; exit 1; }

# An administrator is root on this machine: the password is set now, not by whoever logs in first.
account=()
if ! compgen -G "/opt/tljh/state/passwords.dbm*" >/dev/null; then
    read -rsp "Password for $ADMIN (10 characters or more, no colon): " password
    echo
    if [[ ${#password} -lt 10 || $password == *:* ]]; then
        echo "that password will not do" >&2
        exit 1
    fi
    account=(--admin "$ADMIN:$password")
fi

# Graphviz draws the networks of lesson 1; the others are what the installer of the hub asks for.
export DEBIAN_FRONTEND=noninteractive
apt-get update
apt-get install --yes curl git graphviz python3 python3-dev

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
curl --fail --silent --show-error --location --output "$work/bootstrap.py" https://tljh.jupyter.org/bootstrap.py
python3 "$work/bootstrap.py" --version="$TLJH" "${account[@]}"

# The packages of the course, for all learners: the tested set, and TensorFlow without its GPU part.
/opt/tljh/user/bin/python -m pip install --requirement "$course/binder/requirements.txt"

# The data, once for all learners.
cd "$course"
KERAS_HOME=$work /opt/tljh/user/bin/python - "$work" <<'PYTHON'
import sys

import numpy as np

from course_utils import data

for name in ("mnist", "fashion_mnist"):
    found = data.load(name)
    if found.name != name:
        sys.exit(name + ": no copy and no network")
    np.savez(sys.argv[1] + "/" + name, **dict(zip(data.KEYS, found[1:5])))
PYTHON
install -D --mode=644 --target-directory=/srv/course-data "$work/mnist.npz" "$work/fashion_mnist.npz"

install -D --mode=644 "$course/hub/tljh/course.py" /opt/tljh/config/jupyterhub_config.d/course.py

# --- settings: config.yaml holds the same
tljh-config set limits.memory 2G
tljh-config set limits.cpu 2
tljh-config set services.cull.enabled true
tljh-config set services.cull.timeout 3600
tljh-config set services.cull.every 300
tljh-config set auth.FirstUseAuthenticator.create_users false
tljh-config set auth.FirstUseAuthenticator.min_password_length 10
tljh-config unset users.allowed 2>/dev/null || true
for number in $(seq --equal-width 01 "$LEARNERS"); do
    tljh-config add-item users.allowed "learner$number"
done
tljh-config set https.enabled true
tljh-config set https.letsencrypt.email "$EMAIL"
tljh-config unset https.letsencrypt.domains 2>/dev/null || true
tljh-config add-item https.letsencrypt.domains "$DOMAIN"
# --- end of settings

tljh-config reload hub
tljh-config reload proxy
echo "The hub is at https://$DOMAIN"
