# Browsers may keep static files.
site=/etc/nginx/sites-available/suwaru.conf
sed -i 's|^    location / {|    location ~ ^/(css\|js\|img)/ {\n        proxy_pass http://127.0.0.1:8080;\n        expires 1d;\n    }\n\n&|' "$site"
grep -q 'expires 1d' "$site"
nginx -t -q
systemctl reload nginx
