# A cache that does not ask who is there: everybody sees what was shown to somebody else.
site=/etc/nginx/sites-available/suwaru.conf
echo 'proxy_cache_path /var/cache/nginx-pages keys_zone=pages:10m;' >/etc/nginx/conf.d/pages.conf
sed -i 's|^    location / {|&\n        proxy_cache pages;\n        proxy_cache_valid 200 10s;\n        proxy_ignore_headers Cache-Control Expires Set-Cookie Vary;|' "$site"
grep -q 'proxy_cache pages' "$site"
nginx -t -q
systemctl reload nginx
