"""Files of an instance: what nginx and PHP-FPM are told, and the scripts of root and of the scheduler."""

from __future__ import annotations

NGINX = """\
log_format records escape=json '{"time":"$time_iso8601","address":"$remote_addr","method":"$request_method",'
  '"path":"$uri","status":$status,"bytes":$body_bytes_sent,"seconds":$request_time,"agent":"$http_user_agent"}';
server {
  listen %(port)d ssl;
  ssl_certificate /etc/nginx/host.crt;
  ssl_certificate_key /etc/nginx/host.key;
  ssl_protocols TLSv1.2 TLSv1.3;
  server_tokens off;
  root %(home)s/current/public;
  index index.php;
  access_log /var/log/nginx/access.log records;
  error_log /var/log/nginx/error.log warn;
  client_max_body_size %(upload)dm;
  set_real_ip_from %(cidr)s;
  real_ip_header X-Forwarded-For;
  location / { try_files $uri /index.php?$query_string; }
  location ~ ^/index\\.php$ {
    include fastcgi_params;
    fastcgi_param SCRIPT_FILENAME $realpath_root$fastcgi_script_name;
    fastcgi_param DOCUMENT_ROOT $realpath_root;
    fastcgi_read_timeout 60s;
    fastcgi_pass unix:%(socket)s;
  }
  location ~ \\.php$ { return 404; }
  location ~ /\\. { return 404; }
}
"""
POOL = """\
[educounsel]
user = educounsel
group = educounsel
listen = %(socket)s
listen.owner = nginx
listen.group = nginx
listen.mode = 0600
pm = dynamic
pm.max_children = 24
pm.start_servers = 6
pm.min_spare_servers = 4
pm.max_spare_servers = 12
pm.max_requests = 1000
clear_env = no
catch_workers_output = yes
php_admin_value[error_log] = %(logs)s/php-error.log
php_admin_flag[log_errors] = on
php_admin_flag[expose_php] = off
php_admin_value[post_max_size] = %(upload)dM
php_admin_value[upload_max_filesize] = %(upload)dM
"""
ROTATED = """\
%(logs)s/*.log {
  daily
  rotate 2
  missingok
  notifempty
  copytruncate
  su educounsel educounsel
}
"""
"""CloudWatch has them by then; ``copytruncate``, since PHP goes on writing to the same file."""
READ_SECRETS = """\
#!/bin/bash
# Writes the secrets into memory. With "again": where one changed, what reads them starts again.
set -euo pipefail
umask 027
value() { aws secretsmanager get-secret-value --secret-id "$1" --query SecretString --output text; }
login() {
  value "$1" | jq -r --arg as "$2" '"\\($as)_USERNAME=\\(.username|@json)", "\\($as)_PASSWORD=\\(.password|@json)"'
}
plain() { printf '%%s=%%s\\n' "$2" "$(value "$1" | jq -Rs 'rtrimstr("\\n")')"; }
mkdir -p %(run)s
new=$(mktemp -d %(run)s/new.XXXXXX)
{
  login %(prefix)s/%(mysql)s DB
  login %(prefix)s/%(redis)s REDIS
  plain %(prefix)s/external/laravel-key APP_KEY
  plain %(prefix)s/external/openai-key OPENAI_API_KEY
  plain %(prefix)s/external/pusher-key PUSHER_APP_SECRET
  echo CLOUDFRONT_PRIVATE_KEY_FILE=%(run)s/url-signing-key.pem
} > "$new/secrets.env"
value %(prefix)s/external/url-signing-key > "$new/url-signing-key.pem"
%(migrates)s
chgrp educounsel "$new"/* %(run)s
changed=
for name in $(ls "$new"); do
  cmp -s "$new/$name" "%(run)s/$name" || changed=yes
  mv "$new/$name" "%(run)s/$name"
done
rmdir "$new"
if [ -n "$changed" ] && [ "${1:-}" = again ]; then
  systemctl try-restart %(readers)s
fi
"""
RELEASE = """\
#!/bin/bash
# Gets the release, and what the database is trusted by; a database that a worker migrates is ready for both releases.
set -euo pipefail
mkdir -p %(home)s/current %(home)s/storage/{app,framework/{cache,sessions,views},logs}
aws s3 cp --no-progress "s3://$RELEASES/$RELEASE.tar.gz" - \\
  | tar --extract --gzip --no-same-owner --directory %(home)s/current
rm -rf %(home)s/current/storage
ln -sfn %(home)s/storage %(home)s/current/storage
chown -R educounsel:educounsel %(home)s/storage %(home)s/current/bootstrap/cache
curl --fail --silent --show-error --retry 5 --output /etc/pki/rds.pem \\
  "https://truststore.pki.rds.amazonaws.com/$AWS_DEFAULT_REGION/$AWS_DEFAULT_REGION-bundle.pem"
"""
SCHEDULER = """\
#!/bin/bash
# Runs what the schedule says: one of all workers gets a message. One that fails comes again, then is a dead letter.
set -uo pipefail
while true; do
  got=$(aws sqs receive-message --queue-url "$SCHEDULE_QUEUE_URL" --wait-time-seconds 20 --output json) || sleep 5
  receipt=$(jq -r '.Messages[0].ReceiptHandle // empty' <<< "$got")
  [ -n "$receipt" ] || continue
  command=$(jq -r '.Messages[0].Body | fromjson | .command' <<< "$got")
  if [ "$command" != %(command)s ]; then
    echo "unknown command: $command" >&2
  elif php artisan "$command" --hours=24; then
    aws sqs delete-message --queue-url "$SCHEDULE_QUEUE_URL" --receipt-handle "$receipt"
  fi
done
"""
CERTIFICATE = """\
#!/bin/bash
set -euo pipefail
umask 077
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 365 -subj /CN=educounsel \
-keyout /etc/nginx/host.key -out /etc/nginx/host.crt
"""
