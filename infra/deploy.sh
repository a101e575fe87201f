#!/usr/bin/env bash
# Deploys an environment with plain az: infrastructure, then code. Needs az, the .NET SDK, zip, and `az login`.
#   infra/deploy.sh dev|prod [--what-if | --infra-only | --code-only]
# The parameter files read: AZURE_ENV_NAME, AZURE_LOCATION; prod also HEADWATER_ALERT_EMAILS, HEADWATER_INBOX_SENDERS.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

usage() { sed -n '2,4s/^# //p' "$0" >&2; exit 2; }
size=${1:-} mode=${2:-}
case $size in dev | prod) ;; *) usage ;; esac
case $mode in '' | --what-if | --infra-only | --code-only) ;; *) usage ;; esac

export AZURE_ENV_NAME=${AZURE_ENV_NAME:-$size} AZURE_LOCATION=${AZURE_LOCATION:-westeurope}
deployment=headwater-$AZURE_ENV_NAME
arguments=(--name "$deployment" --location "$AZURE_LOCATION" --parameters "infra/$size.bicepparam")

if [ "$mode" = --what-if ]; then
  az deployment sub what-if "${arguments[@]}"
  exit
fi

if [ "$mode" != --code-only ]; then
  az deployment sub create "${arguments[@]}" --output none
fi

if [ "$mode" != --infra-only ]; then
  output() { az deployment sub show --name "$deployment" --query "properties.outputs.$1.value" --output tsv; }
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
  dotnet publish functions --configuration Release --output "$work/app"
  (cd "$work/app" && zip --quiet --recurse-paths ../app.zip .)
  az functionapp deployment source config-zip --resource-group "$(output AZURE_RESOURCE_GROUP)" --name "$(output FUNCTION_APP_NAME)" --src "$work/app.zip" --output none
  echo "$(output HEADWATER_URL)"
fi
