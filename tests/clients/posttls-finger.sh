#!/bin/sh
# SPDX-License-Identifier: MIT
# Makes FOLDER/posttls-finger, from Debian's package of Postfix, which is unpacked there and not installed: no mail
# server is left on this machine.
# usage: posttls-finger.sh FOLDER
set -eu
mkdir -p "$1"
folder=$(cd "$1" && pwd)
[ ! -x "$folder/posttls-finger" ] || exit 0
cd "$folder"
apt-get -q -o APT::Sandbox::User= download postfix > log 2>&1
dpkg-deb -x postfix_*.deb unpacked
rm postfix_*.deb
# The least that its libraries take for a configuration.
mkdir -p conf
cat > conf/main.cf << 'END'
compatibility_level = 3.6
mail_owner = daemon
setgid_group = mail
myhostname = client.example
END
cat > wrapper << END
#!/bin/sh
export MAIL_CONFIG='$folder/conf' LD_LIBRARY_PATH='$folder/unpacked/usr/lib/postfix'
exec '$folder/unpacked/usr/sbin/posttls-finger' "\$@"
END
chmod 755 wrapper
# It has to start: whatever it says of an address where nobody listens, it says by itself.
./wrapper -c '[127.0.0.1]:1' 2>&1 | grep 'Connection refused' > log
mv wrapper posttls-finger
