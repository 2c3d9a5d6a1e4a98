#!/bin/sh
# Deploys the API and the posts function to Google Cloud, with all that they need: database, clean-up policies, secrets, service accounts; and API Gateway in front if asked.
# Can be run again at any time, with every variable of the first run: database, accounts, secrets and gateway that are there stay, and the functions become what this run says.
# Secrets are made here, never printed, and never leave Secret Manager but into the API.
#
#   PROJECT=my-project REGION=europe-west1 sh apps/google-cloud-functions/deploy.sh
#
#   PROJECT, REGION   required
#   PUBLIC_URL        where clients reach the API, the issuer of its tokens; by default the address that Cloud Run will give it. Never change it later.
#   DATABASE          a Firestore database in Datastore mode; by default the one called (default)
#   GATEWAY           "yes": API Gateway in front; then nobody but the gateway can call the posts function
#   ALLOWED_ORIGINS   origins of browser applications, separated by commas
#   VARIABLES         further variables of Sallyport for both functions, none of them secret: NAME=value, separated by |
#   CHANGE            "yes": change PUBLIC_URL, DATABASE or GATEWAY of functions that are there, which is refused otherwise
#   ROTATE            refresh-secret, key-encryption-secret or password-pepper: makes that one anew; what was made with the one of before is still accepted
set -eu
cd "$(dirname "$0")/../.."

: "${PROJECT:?}" "${REGION:?}"
GATEWAY=${GATEWAY:-no}
DATABASE=${DATABASE:-(default)}
case "${ROTATE:-}" in
  '' | refresh-secret | key-encryption-secret | password-pepper) ;;
  *) echo "ROTATE is one of refresh-secret, key-encryption-secret and password-pepper." >&2 && exit 1 ;;
esac
gcloud() { command gcloud "$@" --project="$PROJECT" --quiet; }
is_there() { gcloud "$@" >/dev/null 2>&1; }
# Of a database that is new Google takes one change at a time and refuses others (409), and of an account that is new not everything hears at once.
patiently() {
  for pause in 5 10 20 40; do
    "$@" && return
    echo "Again in $pause s" >&2
    sleep "$pause"
  done
  "$@"
}

NUMBER=$(gcloud projects describe "$PROJECT" --format='value(projectNumber)')
API_URL="https://sallyport-api-$NUMBER.$REGION.run.app"
POSTS_URL="https://sallyport-posts-$NUMBER.$REGION.run.app"
PUBLIC_URL=${PUBLIC_URL:-$API_URL}

echo "Services"
gcloud services enable cloudfunctions.googleapis.com run.googleapis.com cloudbuild.googleapis.com artifactregistry.googleapis.com \
  firestore.googleapis.com datastore.googleapis.com secretmanager.googleapis.com iam.googleapis.com

# What was left out of a second run would send the API to another database, end every session, or open the posts function to everybody.
set_in=serviceConfig.environmentVariables
columns="name.basename(),$set_in.SALLYPORT_PUBLIC_URL,$set_in.SALLYPORT_DATASTORE_DATABASE,$set_in.SALLYPORT_FRONT"
deployed=$(patiently gcloud functions list --v2 --regions="$REGION" --format="value[separator='|']($columns)")
same() {
  # Without an issuer it was never deployed: Google keeps the name of a function whose first build it refused.
  row=$(echo "$deployed" | grep "^sallyport-$1|[^|]") || return 0
  is=$(echo "$row" | cut -d '|' -f "$2")
  if [ "${CHANGE:-}" = yes ] || [ "$is" = "$3" ]; then return; fi
  echo "sallyport-$1 is deployed with $4 \"$is\" and this run says \"$3\". Give every variable of the first run, or CHANGE=yes." >&2
  exit 1
}
same api 2 "$PUBLIC_URL" PUBLIC_URL
same api 3 "$([ "$DATABASE" = '(default)' ] || echo "$DATABASE")" DATABASE
same posts 4 "$([ "$GATEWAY" != yes ] || echo api-gateway)" 'the front (GATEWAY)'

echo "Database"
is_there firestore databases describe --database="$DATABASE" ||
  gcloud firestore databases create --database="$DATABASE" --location="$REGION" --type=datastore-mode
if [ "$(gcloud firestore databases describe --database="$DATABASE" --format='value(type)')" != DATASTORE_MODE ]; then
  echo "The database $DATABASE is not in Datastore mode. Name another one by DATABASE." >&2
  exit 1
fi
# What `npm run store -- describe --store datastore` prints: clean-up only, and no index.
for kind in SallyportSessionFloor SallyportSession SallyportOneTimeToken SallyportCounter; do
  [ -n "$(gcloud firestore fields ttls list --collection-group="$kind" --database="$DATABASE" --format='value(name)')" ] ||
    patiently gcloud firestore fields ttls update expireAt --collection-group="$kind" --enable-ttl --async --database="$DATABASE"
done

echo "Service accounts"
# Projects made since July 2024 may give the account that builds functions no right to.
patiently gcloud projects add-iam-policy-binding "$PROJECT" --member="serviceAccount:$NUMBER-compute@developer.gserviceaccount.com" \
  --role=roles/cloudbuild.builds.builder --condition=None >/dev/null
for name in api posts; do
  account="sallyport-$name@$PROJECT.iam.gserviceaccount.com"
  is_there iam service-accounts describe "$account" || gcloud iam service-accounts create "sallyport-$name" --display-name="Sallyport $name"
  patiently gcloud projects add-iam-policy-binding "$PROJECT" --member="serviceAccount:$account" --role=roles/datastore.user --condition=None >/dev/null
done

echo "Secrets"
make_secret() {
  made=$(openssl rand -base64 48 | tr -d '\n' | tr '+/' '-_')
  # A pipe does not tell that openssl failed, and an empty secret would be kept for ever.
  if [ ${#made} -ne 64 ]; then echo "openssl made no secret." >&2 && exit 1; fi
}
# Read once, and the deployment ends without an answer: a look that fails would pass for a secret that is not there.
known=$(gcloud secrets list --format='value(name.basename())')
is_secret() { echo "$known" | grep -qx "$1"; }
value_of() { gcloud secrets versions access latest --secret="$1"; }
# The secret of now becomes the first of those of before, once, however often this is begun.
rotate() {
  now=$(value_of "$1")
  if is_secret "$1-previous"; then
    before=$(value_of "$1-previous")
    case ",$before," in
      *",$now,"*) ;;
      *) printf %s "$now,$before" | gcloud secrets versions add "$1-previous" --data-file=- ;;
    esac
  else
    printf %s "$now" | gcloud secrets create "$1-previous" --replication-policy=automatic --data-file=-
    known="$known
$1-previous"
  fi
  renew "$1"
}
renew() {
  make_secret
  printf %s "$made" | gcloud secrets versions add "$1" --data-file=-
}
# Of a rotation that stopped half way the secret of now is already the first of those of before, and no API starts with one secret twice.
finish() {
  now=$(value_of "$1")
  before=$(value_of "$1-previous")
  if [ "${before%%,*}" = "$now" ]; then renew "$1"; fi
}
references=''
refer() {
  # Only the API reads them, and no other secret.
  patiently gcloud secrets add-iam-policy-binding "$2" --role=roles/secretmanager.secretAccessor \
    --member="serviceAccount:sallyport-api@$PROJECT.iam.gserviceaccount.com" >/dev/null
  # A version and not "latest": every instance of a deployment has the same, and a rotation begins with the deployment that knows both.
  version=$(gcloud secrets versions describe latest --secret="$2" --format='value(name)')
  references="$references${references:+,}$1=$2:${version##*/}"
}
for name in refresh-secret key-encryption-secret password-pepper; do
  secret="sallyport-$name"
  variable="SALLYPORT_$(echo "$name" | tr 'a-z-' 'A-Z_')"
  if ! is_secret "$secret"; then
    make_secret
    printf %s "$made" | gcloud secrets create "$secret" --replication-policy=automatic --data-file=-
  elif [ "${ROTATE:-}" = "$name" ]; then
    rotate "$secret"
  elif is_secret "$secret-previous"; then
    finish "$secret"
  fi
  refer "$variable" "$secret"
  if is_secret "$secret-previous"; then refer "${variable}_PREVIOUS" "$secret-previous"; fi
done

echo "Functions"
npm run --silent build -w apps/google-cloud-functions
variables="NODE_ENV=production|SALLYPORT_PUBLIC_URL=$PUBLIC_URL|SALLYPORT_DATASTORE_PROJECT=$PROJECT"
[ "$DATABASE" = '(default)' ] || variables="$variables|SALLYPORT_DATASTORE_DATABASE=$DATABASE"
[ -z "${ALLOWED_ORIGINS:-}" ] || variables="$variables|SALLYPORT_ALLOWED_ORIGINS=$ALLOWED_ORIGINS"
[ -z "${VARIABLES:-}" ] || variables="$variables|$VARIABLES"
deploy() {
  name=$1
  shift
  gcloud functions deploy "sallyport-$name" --gen2 --region="$REGION" --runtime=nodejs24 --trigger-http \
    --source="apps/google-cloud-functions/dist/functions/$name" --entry-point="$name" \
    --run-service-account="sallyport-$name@$PROJECT.iam.gserviceaccount.com" \
    --timeout=30s --memory=512Mi --cpu=1 --concurrency=80 --max-instances=20 "$@"
}
# The address of the key set: everybody may call the API.
deploy api --allow-unauthenticated --set-env-vars="^|^$variables" --set-secrets="$references"
if [ "$GATEWAY" = yes ]; then
  deploy posts --no-allow-unauthenticated --set-env-vars="^|^$variables|SALLYPORT_FRONT=api-gateway"
else
  deploy posts --allow-unauthenticated --set-env-vars="^|^$variables"
fi

if [ "$GATEWAY" = yes ]; then
  echo "API Gateway"
  gcloud services enable apigateway.googleapis.com servicemanagement.googleapis.com servicecontrol.googleapis.com
  account="sallyport-gateway@$PROJECT.iam.gserviceaccount.com"
  is_there iam service-accounts describe "$account" || gcloud iam service-accounts create sallyport-gateway --display-name="Sallyport gateway"
  patiently gcloud functions add-invoker-policy-binding sallyport-posts --region="$REGION" --member="serviceAccount:$account" >/dev/null
  specification=$(mktemp)
  trap 'rm -f "$specification"' EXIT
  sed -e "s|\${API_URL}|$API_URL|g" -e "s|\${POSTS_URL}|$POSTS_URL|g" -e "s|\${PUBLIC_URL}|$PUBLIC_URL|g" \
    apps/google-cloud-functions/templates/gateway.json >"$specification"
  version="v$(cksum <"$specification" | cut -d ' ' -f 1)"
  is_there api-gateway apis describe sallyport || gcloud api-gateway apis create sallyport
  is_there api-gateway api-configs describe "$version" --api=sallyport ||
    gcloud api-gateway api-configs create "$version" --api=sallyport --openapi-spec="$specification" --backend-auth-service-account="$account"
  if is_there api-gateway gateways describe sallyport --location="$REGION"; then
    gcloud api-gateway gateways update sallyport --api=sallyport --api-config="$version" --location="$REGION"
  else
    gcloud api-gateway gateways create sallyport --api=sallyport --api-config="$version" --location="$REGION"
  fi
  gcloud api-gateway gateways describe sallyport --location="$REGION" --format='value(defaultHostname)'
else
  echo "API    $API_URL"
  echo "Posts  $POSTS_URL/posts"
fi
