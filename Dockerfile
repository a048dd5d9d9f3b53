# syntax=docker/dockerfile:1
# The host. A GPU image (CUDA 13; the machine brings the NVIDIA driver) or, with --build-arg DEVICE=cpu, one of a tenth of the size:
#   docker build -t recsys-batch .
#   docker build -t recsys-batch:cpu --build-arg DEVICE=cpu .
# compose.yaml runs it with PostgreSQL and two workers.
ARG DEVICE=cuda

FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build
ARG DEVICE
ENV DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
WORKDIR /src
COPY . .
# The environment is how MSBuild is told, so that what it starts is told too. The GPU package brings Windows' libraries as well.
RUN case "$DEVICE" in cuda) export Cuda=true ;; cpu) export Cuda=false ;; *) echo "DEVICE is '$DEVICE'; expected cuda or cpu" >&2; exit 1 ;; esac \
 && dotnet publish Jobs/Recsys.Batch.Jobs.csproj -c Release -r linux-x64 --self-contained false -p:UseAppHost=false -o /app \
 && rm -f /app/onnxruntime*.dll

FROM mcr.microsoft.com/dotnet/aspnet:10.0 AS dotnet

FROM dotnet AS runtime-cpu

FROM nvidia/cuda:13.0.1-cudnn-runtime-ubuntu24.04 AS runtime-cuda
COPY --from=dotnet /usr/share/dotnet /usr/share/dotnet
RUN ln -s /usr/share/dotnet/dotnet /usr/bin/dotnet

FROM runtime-${DEVICE} AS final
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates curl libgomp1 libssl3 tzdata && rm -rf /var/lib/apt/lists/* \
 && groupadd --gid 10001 recsys && useradd --uid 10001 --gid recsys --no-create-home --home-dir /out --shell /usr/sbin/nologin recsys \
 && mkdir /data /out && chown recsys:recsys /out
COPY --from=build /app /app
WORKDIR /out
USER 10001:10001
# Beyond the container it listens only once users or keys are configured: RECSYS_Serve__Users__0__Name and so on, or --config.
ENV DOTNET_RUNNING_IN_CONTAINER=true DOTNET_EnableDiagnostics=0 RECSYS_Serve__Urls__0=http://0.0.0.0:5080 RECSYS_Publish__Path=/out
VOLUME ["/data", "/out"]
EXPOSE 5080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s CMD ["curl", "--fail", "--silent", "--output", "/dev/null", "http://localhost:5080/health/live"]
ENTRYPOINT ["dotnet", "/app/Recsys.Batch.Jobs.dll"]
CMD ["serve"]
