# SPDX-License-Identifier: MIT
# A root and two leaves, as a CA makes them: server.der for TLS servers, client.der for TLS clients.
cd "$AUTOPKGTEST_TMP"
openssl req -x509 -newkey rsa:2048 -nodes -keyout root.key -out root.pem -days 30 -subj /CN=root \
    -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign,cRLSign 2>/dev/null
for purpose in server client; do
    openssl req -newkey rsa:2048 -nodes -keyout $purpose.key -out $purpose.csr -subj /CN=leaf 2>/dev/null
    printf 'basicConstraints=CA:FALSE\nkeyUsage=digitalSignature\nextendedKeyUsage=%sAuth\nsubjectAltName=DNS:leaf.example\n' \
        $purpose >$purpose.ext
    openssl x509 -req -in $purpose.csr -CA root.pem -CAkey root.key -CAcreateserial -days 20 \
        -extfile $purpose.ext -out $purpose.pem 2>/dev/null
    openssl x509 -in $purpose.pem -outform DER -out $purpose.der
done
openssl x509 -in root.pem -outform DER -out root.der
