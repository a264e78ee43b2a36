# shellcheck shell=bash
# The smoke test: two people register, one writes to the other, who has it pushed to them, and nothing is left of them.
# Passwords and tokens are in shell variables and in private files alone: never on a command line, never in what is printed.

API_URL=""
STATUS=""
SMOKE_RUN=""
SMOKE_DEADLINE=0
LISTENER=""
PUSHED=""
# How long a new deployment may take until it answers as it should.
SMOKE_PATIENCE_SECONDS=90

smoke() {
  local run password recipient sender_token recipient_token
  API_URL="$(output api_url)"
  SMOKE_DEADLINE=$((SECONDS + SMOKE_PATIENCE_SECONDS))
  umask 077
  step "testing $API_URL"
  call GET /v1/users/me
  expect "a request without a token" 401

  run="$(random_hex 8)"
  SMOKE_RUN="$run"
  password="Aa1-$(random_hex 16)"
  register "smoke-$run-1" "$password"
  register "smoke-$run-2" "$password"
  recipient="$(answer .userId)"
  sign_in "smoke-$run-1" "$password" || return 0
  sender_token="$(answer .accessToken)"
  sign_in "smoke-$run-2" "$password" || return 0
  recipient_token="$(answer .accessToken)"

  exchange "$run" "$sender_token" "$recipient" "$recipient_token"
  smoke_clean_up || fail "the smoke test went well, but left something behind"
  say "It works: what one wrote reached the other, once$PUSHED. Both users are deleted again."
}

register() {
  # An address of SES' mailbox simulator: the code is delivered, and nobody is bothered.
  call POST /v1/register "" \
    "{\"username\":\"$1\",\"email\":\"success+$1@simulator.amazonses.com\",\"password\":\"$2\"}"
  expect "register" 201
  [ "$(answer .confirmed)" = "true" ] || confirm "$1"
}

confirm() {
  aws cognito-idp admin-confirm-sign-up --user-pool-id "$(output user_pool_id)" --username "$1" >/dev/null 2>"$SCRATCH/confirm" ||
    smoke_failed "confirming $1: $(last_line "$SCRATCH/confirm")"
}

# Answers no where the pool wants a second factor, which a script has none of.
sign_in() {
  call POST /v1/authenticate "" "{\"username\":\"$1\",\"password\":\"$2\"}"
  expect "sign in" 200
  [ -n "$(answer .challenge)" ] || return 0
  say "The user pool asks for more ($(answer .challenge)): tested up to the sign-in, and no further."
  return 1
}

exchange() {
  local run="$1" sender_token="$2" recipient="$3" recipient_token="$4" message send
  send="{\"recipientId\":\"$recipient\",\"body\":\"Hello from $run\",\"clientMessageId\":\"smoke-$run\"}"

  listen "$recipient_token"
  call POST /v1/messages "$sender_token" "$send"
  # 200 where a first answer was lost.
  expect "send" 201 200
  message="$(answer .messageId)"
  expect_once "$recipient_token" "$message" "Hello from $run"
  [ -z "$LISTENER" ] || expect_pushed "$message"

  call POST /v1/messages "$sender_token" "$send"
  expect "sending the same again" 200
  [ "$(answer .messageId)" = "$message" ] ||
    smoke_failed "sending the same again: expected message $message, got $(answer .messageId)"
  expect_once "$recipient_token" "$message" "Hello from $run"
}

# Opens a WebSocket, whose frames go into a file. A new deployment may refuse it for a while.
listen() {
  if ! command -v python3 >/dev/null; then
    say "  there is no python3: the WebSocket is not tested"
    return 0
  fi
  while :; do
    call POST /v1/realtime/token "$1"
    expect "a token for the WebSocket" 201
    answer '"\(.url)?token=\(.token)"' >"$SCRATCH/connection"
    : >"$SCRATCH/frames"
    python3 "$ROOT/scripts/deploy/listen.py" <"$SCRATCH/connection" >"$SCRATCH/frames" 2>"$SCRATCH/listening" &
    LISTENER=$!
    wait_for_frame '.*' && return 0
    stop_listening
    [ "$SECONDS" -lt "$SMOKE_DEADLINE" ] || smoke_failed "connecting to $(answer .url): $(last_line "$SCRATCH/listening")"
    say "  the WebSocket: $(last_line "$SCRATCH/listening"); asking again"
    sleep 3
  done
}

expect_pushed() {
  wait_for_frame "\"message.created\".*\"$1\"" || smoke_failed "push: the message did not come over the WebSocket"
  stop_listening
  PUSHED=", and was pushed"
}

# Waits for a frame that matches; answers no where the connection ends, or after 30 s.
wait_for_frame() {
  local deadline=$((SECONDS + 30))
  while [ "$SECONDS" -lt "$deadline" ]; do
    ! grep -q -e "$1" "$SCRATCH/frames" || return 0
    kill -0 "$LISTENER" 2>/dev/null || return 1
    sleep 0.2
  done
  return 1
}

stop_listening() {
  [ -n "$LISTENER" ] || return 0
  kill "$LISTENER" 2>/dev/null || true
  wait "$LISTENER" 2>/dev/null || true
  LISTENER=""
}

expect_once() {
  local found
  call GET /v1/messages "$1"
  expect "check messages" 200
  found="$(jq -r --arg id "$2" --arg body "$3" \
    '[.messages[] | "\(.messageId == $id) \(.body == $body)"] | join(", ")' "$SCRATCH/answer")"
  [ "$found" = "true true" ] ||
    smoke_failed "check messages: expected the one message that was sent, got $(answer '.messages | length')"
}

# Calls the API: method, path, and where needed the token and the body. Leaves STATUS and the answer. What a new
# deployment may still answer is asked again for a while; the routes here bear being called twice.
call() {
  call_once "$@"
  while is_unsettled && [ "$SECONDS" -lt "$SMOKE_DEADLINE" ]; do
    say "  $1 $2: $(answer_in_words); asking again"
    sleep 3
    call_once "$@"
  done
}

is_unsettled() {
  case "$STATUS" in
    000 | 403 | 404 | 429 | 5??) return 0 ;;
    *) return 1 ;;
  esac
}

call_once() {
  local method="$1" path="$2" token="${3:-}" body="${4:-}"
  : >"$SCRATCH/answer"
  STATUS="$(
    curl_options "$path" "$token" "$body" |
      curl --disable --config - --request "$method" --silent --show-error --max-time 30 \
        --output "$SCRATCH/answer" --write-out '%{http_code}' 2>"$SCRATCH/curl"
  )" || STATUS="000"
}

curl_options() {
  printf 'url = "%s%s"\n' "$API_URL" "$1"
  [ -z "$2" ] || printf 'header = "authorization: Bearer %s"\n' "$2"
  [ -n "$3" ] || return 0
  printf '%s' "$3" >"$SCRATCH/body"
  printf 'header = "content-type: application/json"\ndata-binary = "@%s"\n' "$SCRATCH/body"
}

# Ends the test unless the last answer has one of these statuses.
expect() {
  local what="$1"
  shift
  case " $* " in
    *" $STATUS "*) ;;
    *) smoke_failed "$what: expected $1, got $(answer_in_words)" ;;
  esac
}

answer_in_words() {
  if [ "$STATUS" = "000" ]; then
    printf 'no answer: %s' "$(last_line "$SCRATCH/curl")"
  else
    printf '%s %s' "$STATUS" "$(jq -cr '{code, message, requestId} | with_entries(select(.value))' "$SCRATCH/answer" 2>/dev/null)"
  fi
}

answer() {
  jq -r "$1 // empty" "$SCRATCH/answer"
}

smoke_failed() {
  fail "smoke test of $API_URL: $*"
}

random_hex() {
  od -An -N "$1" -tx1 /dev/urandom | tr -d ' \n'
}

# Deletes both users and what they wrote, however far the test came. It runs in a trap, too, where a bare return would
# answer what failed before.
smoke_clean_up() {
  local run="$SMOKE_RUN" reason="$SCRATCH/clean-up" status=0
  stop_listening
  [ -n "$run" ] || return 0
  delete_rows "$run" 2>"$reason" || status=1
  delete_account "smoke-$run-1" 2>>"$reason" || status=1
  delete_account "smoke-$run-2" 2>>"$reason" || status=1
  # Not before: where this is interrupted, it is done again.
  SMOKE_RUN=""
  [ "$status" -eq 0 ] ||
    say "deploy.sh: not all of the users smoke-$run-1 and smoke-$run-2 could be deleted: $(last_line "$reason")"
  return "$status"
}

delete_account() {
  local told
  told="$(aws cognito-idp admin-delete-user --user-pool-id "$(output user_pool_id)" --username "$1" 2>&1)" && return 0
  case "$told" in
    *UserNotFoundException*) ;;
    *)
      printf '%s\n' "$told" >&2
      return 1
      ;;
  esac
}

# The rows of both users and of their conversation, in one transaction.
delete_rows() {
  local run="$1" one two conversation
  one="$(id_of "smoke-$run-1")" && two="$(id_of "smoke-$run-2")" || return 1
  conversation="$(jq -nr --arg one "$one" --arg two "$two" '[$one, $two] | sort | "d-" + join("-")')"
  entries_of "$conversation" >"$SCRATCH/entries" || return 1
  jq -n --arg run "$run" --arg one "$one" --arg two "$two" --arg conversation "$conversation" \
    --slurpfile entries "$SCRATCH/entries" --slurpfile outputs "$SCRATCH/outputs" '
    def row(table; key): {Delete: {TableName: $outputs[0].table_names.value[table], Key: key}};
    def text(key): key | map_values({S: .});
    [
      (["1", "2"][] | row("Users"; text({id: "username#smoke-\($run)-\(.)"}))),
      ([$one, $two][] | select(. != "") | row("Users"; text({id: .}))),
      ([$one, $two][] | select(. != "") | row("GroupMemberships"; text({userId: ., conversationId: $conversation}))),
      ($one | select(. != "") | row("SentIds"; text({senderId: ., clientMessageId: "smoke-\($run)"}))),
      ($entries[0].Items[] | row("Messages"; .))
    ]' >"$SCRATCH/rows"
  aws dynamodb transact-write-items --transact-items "file://$SCRATCH/rows"
}

# Who has this name; nothing where the registration did not come so far.
id_of() {
  aws dynamodb get-item --table-name "$(table Users)" --consistent-read --output json \
    --key "{\"id\":{\"S\":\"username#$1\"}}" | jq -r '.Item.userId.S // empty'
}

# The keys of a conversation's entries.
entries_of() {
  aws dynamodb query --table-name "$(table Messages)" --consistent-read --output json \
    --key-condition-expression "conversationId = :conversation" --projection-expression "conversationId, seq" \
    --expression-attribute-values "{\":conversation\":{\"S\":\"$1\"}}"
}

# The deployed name of a table.
table() {
  jq -r --arg name "$1" '.table_names.value[$name]' "$SCRATCH/outputs"
}
