# The service's image: a Java runtime, the distribution, TensorFlow's natives unpacked, nobody's rights.
#   docker build -t penstock .
#   docker run --rm -v "$PWD/fraud.yaml:/etc/penstock/penstock.yaml:ro" -v /models:/models:ro penstock
FROM maven:3.9-eclipse-temurin-17 AS build
WORKDIR /src
COPY . .
RUN --mount=type=cache,target=/m2 mvn -B -q -Dmaven.repo.local=/m2 -DskipTests -Pdist -pl streams-app -am package

FROM eclipse-temurin:17-jre
RUN groupadd --gid 10001 penstock \
 && useradd --uid 10001 --gid penstock --create-home --home-dir /opt/penstock/home penstock
COPY --from=build /src/streams-app/target/penstock /opt/penstock
USER 10001:10001
# A container shall not unpack 683 MB at each start: what runs a model once leaves them in the user's home.
RUN --mount=type=bind,from=build,source=/src/examples/digits,target=/examples/digits \
    /opt/penstock/bin/penstock model inspect /examples/digits --run zeros > /dev/null
# The heap is for records on their way; the models' memory is native and lies beside it (docs/operations.md#memory).
ENV JAVA_OPTS="-Xmx512m -XX:+ExitOnOutOfMemoryError" \
    PENSTOCK_LOG_FORMAT=json \
    PENSTOCK_HTTP__LISTEN=0.0.0.0:8080
EXPOSE 8080
# The script replaces itself with Java, which therefore gets SIGTERM and drains.
ENTRYPOINT ["/opt/penstock/bin/penstock"]
CMD ["serve", "--config", "/etc/penstock/penstock.yaml"]
