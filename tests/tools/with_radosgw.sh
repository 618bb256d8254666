#!/usr/bin/env bash
# Run a command against a real S3 server of its own: Ceph's RADOS Gateway with one small store, on the loopback only.
#
#   tests/tools/with_radosgw.sh COMMAND [ARGUMENT …]
#
# The command finds the server by TEST_S3_URL (https) and TEST_S3_PLAIN_URL (http), its certificate by AWS_CA_BUNDLE, and
# three people on it by TEST_S3_OWNER, TEST_S3_APPLICATION and TEST_S3_ERASURE ("user:access key:secret key"). Everything
# lies in a temporary folder, and is stopped and removed with the command. Ready in about 20 seconds.
# From Debian: radosgw ceph-mon ceph-osd ceph-mgr ceph-common curl openssl.
set -euo pipefail

folder=$(mktemp -d /tmp/rgw.XXXXXX) # short: the servers put sockets here, whose paths may have 107 letters
exec 3>"$folder/start.log"

free_port() {
    python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}
monitor_port=$(free_port) plain_port=$(free_port) tls_port=$(free_port)
monitor="v2:127.0.0.1:$monitor_port"
keyring=$folder/keyring
export CEPH_CONF=$folder/ceph.conf

stop() {
    local pids=()
    mapfile -t pids < <(cat "$folder"/run/*.pid 2>/dev/null)
    if ((${#pids[@]})); then
        kill "${pids[@]}" 2>/dev/null || true
        for _ in {1..40}; do
            kill -0 "${pids[@]}" 2>/dev/null || break
            sleep 0.5
        done
        kill -9 "${pids[@]}" 2>/dev/null || true
    fi
    rm -rf "$folder"
}
trap stop EXIT

fail() {
    echo "The S3 server did not start. What it said last:" >&2
    tail -n 20 "$folder/start.log" "$folder"/log/*.log >&2 || true
    exit 1
}

within() { # SECONDS COMMAND …: try until it succeeds
    local until=$((SECONDS + $1))
    shift
    until "$@" >&3 2>&3; do
        ((SECONDS < until)) || fail
        sleep 0.5
    done
}

new_key() { # NAME CAPABILITY …
    ceph-authtool "$keyring" --gen-key -n "$@" >&3
}

mkdir -p "$folder"/{mon,osd,mgr,rgw,run,log}

openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost \
    -addext 'subjectAltName=DNS:localhost,IP:127.0.0.1' \
    -keyout "$folder/tls.key" -out "$folder/tls.crt" 2>&3

cluster=$(cat /proc/sys/kernel/random/uuid)
cat >"$CEPH_CONF" <<END
[global]
fsid = $cluster
mon host = [$monitor]
mon initial members = a
ms bind msgr1 = false
auth allow insecure global id reclaim = false
keyring = $keyring
public addr = 127.0.0.1
cluster addr = 127.0.0.1
run dir = $folder/run
admin socket = $folder/run/\$name.asok
pid file = $folder/run/\$name.pid
log file = $folder/log/\$name.log
mon data = $folder/mon
osd data = $folder/osd
mgr data = $folder/mgr
mon data avail crit = 1
mon allow pool size one = true
mon max pg per osd = 1000
osd crush chooseleaf type = 0
osd memory target = 1073741824
osd pool default size = 1
osd pool default pg num = 1
osd pool default pgp num = 1
osd pool default pg autoscale mode = off
bluestore block size = 21474836480
[client.rgw.a]
rgw data = $folder/rgw
rgw frontends = beast endpoint=127.0.0.1:$plain_port ssl_endpoint=127.0.0.1:$tls_port ssl_certificate=$folder/tls.crt ssl_private_key=$folder/tls.key
rgw dns name = localhost
rgw override bucket index max shards = 1
END

# One monitor, one store on sparse files, one manager, the gateway.
ceph-authtool -C "$keyring" --gen-key -n mon. --cap mon 'allow *' >&3
new_key client.admin --cap mon 'allow *' --cap osd 'allow *' --cap mgr 'allow *'
new_key osd.0 --cap mon 'profile osd' --cap osd 'allow *' --cap mgr 'profile osd'
new_key mgr.x --cap mon 'profile mgr' --cap osd 'allow *'
new_key client.rgw.a --cap mon 'allow rw' --cap osd 'allow rwx' --cap mgr 'allow rw'
monmaptool --create --fsid "$cluster" --addv a "[$monitor]" "$folder/monmap" >&3
ceph-mon -i a --mkfs --monmap "$folder/monmap" --keyring "$keyring" >&3 2>&3 || fail
ceph-mon -i a >&3 2>&3 || fail
within 60 timeout 20 ceph -s

store=$(cat /proc/sys/kernel/random/uuid)
ceph osd new "$store" >&3 2>&3 || fail
ceph-osd -i 0 --mkfs --osd-uuid "$store" >&3 2>&3 || fail
ceph-osd -i 0 >&3 2>&3 || fail
ceph osd crush add osd.0 1.0 root=default host=localhost >&3 2>&3 || true # a starting store may have done it itself
within 60 sh -c 'ceph osd stat | grep -q "1 up"'
ceph-mgr -i x >&3 2>&3 || fail
radosgw -n client.rgw.a >&3 2>&3 || fail
within 120 curl -fsS --cacert "$folder/tls.crt" "https://localhost:$tls_port/"

new_user() { # NAME: print "user:access key:secret key"
    radosgw-admin user create --uid="$1" --display-name="$1" --access-key="$1-key" --secret-key="$1-secret" >&3 2>&3
    echo "$1:$1-key:$1-secret"
}
TEST_S3_OWNER=$(new_user owner)
TEST_S3_APPLICATION=$(new_user application)
TEST_S3_ERASURE=$(new_user erasure)
export TEST_S3_OWNER TEST_S3_APPLICATION TEST_S3_ERASURE
export TEST_S3_URL=https://localhost:$tls_port TEST_S3_PLAIN_URL=http://localhost:$plain_port
export AWS_CA_BUNDLE=$folder/tls.crt REQUESTS_CA_BUNDLE=$folder/tls.crt

status=0
"$@" || status=$?
exit "$status"
