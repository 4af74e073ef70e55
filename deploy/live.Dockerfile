# The media server: nginx with Debian's RTMP module, recording into a volume that the worker reads.
FROM debian:bookworm-slim
RUN apt-get update -q \
    && apt-get install -qy --no-install-recommends nginx libnginx-mod-rtmp gettext-base \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 999 --home-dir /srv/live gigs \
    && install -d -o gigs -g gigs /srv/live /srv/live/hls /srv/live/temp /srv/live/recordings
COPY deploy/nginx-live.conf /etc/nginx-live.conf
# The same user as the app's (deploy/Dockerfile), who takes finished recordings away.
USER gigs
ENV FOLDER=/srv/live RECORDINGS=/srv/live/recordings HOST=0.0.0.0 RTMP_PORT=1935 HTTP_PORT=8935
VOLUME /srv/live/recordings
EXPOSE 1935 8935
CMD ["sh", "-c", "umask 077 && envsubst '$FOLDER $RECORDINGS $HOST $RTMP_PORT $HTTP_PORT $API $SECRET' \
    < /etc/nginx-live.conf > /srv/live/nginx.conf && exec nginx -e stderr -c /srv/live/nginx.conf"]
