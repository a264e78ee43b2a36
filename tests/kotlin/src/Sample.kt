import java.io.IOException
import java.net.InetAddress
import java.net.ServerSocket
import java.net.Socket
import java.net.URI
import java.net.http.HttpClient
import java.net.http.HttpRequest
import java.net.http.HttpRequest.BodyPublishers
import java.net.http.HttpResponse.BodyHandlers
import java.util.Random
import java.util.concurrent.atomic.AtomicInteger
import kotlin.concurrent.thread
import org.json.JSONObject

private const val MESSAGES = 60
private const val A_DAY = 24 * 3_600_000L

/** The sample of the guide loses nothing and doubles nothing over a wire that breaks at every sixth request or answer. */
fun sampleOverLossyWire(url: String) {
    val seed = System.nanoTime()
    println("the sample over a lossy wire, seed $seed")
    val wire = LossyWire(URI(url).port, Random(seed))
    val (ada, bob) = Pair(Person(url, wire.url, "ada"), Person(url, wire.url, "bob"))

    val written = (1..MESSAGES).map { ada.device.writes("message-$it", bob.id, "Message $it", null) }
    val forgotten = ada.device.writes("forgotten", bob.id, "Was it sent?", System.currentTimeMillis() - A_DAY)
    ada.client.sendWaiting()
    ada.device.mustHaveSentAll()
    check(ada.device.doubtful == listOf(forgotten))

    // What is pushed comes in any order, twice, or not at all.
    val sent = ada.device.entries.toList()
    (sent + sent).shuffled(Random(seed)).take(MESSAGES).forEach(bob.client::pushed)
    bob.client.catchUp(sent.first().getString("conversationId"))
    for (device in listOf(ada.device, bob.device)) {
        check(device.entries.map { it.getLong("seq") } == (1L..MESSAGES).toList())
        check(device.entries.map { it.getString("body") } == written.map { it.body.getString("body") })
    }
    changesAreSeen(ada, bob)
    whatWaitsOutlivesASession(ada, bob)
    check(wire.broken.get() > 5) { "the wire broke ${wire.broken} times" }
    println("$MESSAGES messages, each there once; the wire broke ${wire.broken} times, ${ada.renewed + bob.renewed} tokens renewed")
}

private fun changesAreSeen(ada: Person, bob: Person) {
    val log = "/v1/conversations/${bob.device.entries.first().getString("conversationId")}"
    ada.does("PATCH", "$log/messages/1", JSONObject().put("body", "Message one"))
    ada.does("DELETE", "$log/messages/2", null)
    bob.client.catchUp(log.substringAfterLast('/'))
    val (edited, deleted) = bob.device.entries
    check(edited.getString("body") == "Message one" && edited.has("editedAt"))
    check(!deleted.has("body") && deleted.has("deletedAt"))
    check(bob.device.entries.takeLast(2).map { it.getString("type") } == listOf("edited", "deleted"))
}

private fun whatWaitsOutlivesASession(ada: Person, bob: Person) {
    ada.does("POST", "/v1/sign-out", JSONObject())
    ada.accessToken = "expired"
    val outgoing = ada.device.writes("later", bob.id, "Still to be sent", null)
    ada.client.sendWaiting()
    check(ada.device.waiting == listOf(outgoing) && ada.device.refused.isEmpty())
    ada.signIn()
    ada.client.sendWaiting()
    ada.device.mustHaveSentAll()
}

/** Somebody with a device; every twentieth request finds the access token expired. */
private class Person(private val url: String, wire: String, name: String) {
    private val account = JSONObject().put("username", unique(name)).put("password", PASSWORD)
    private var refreshToken = ""
    private var requests = 0
    private val lossy = wire
    val id: String
    val device = Device()
    val client = Chinwag(wire, device, ::nextToken, ::refresh)
    var accessToken = ""
    var renewed = 0
        private set

    init {
        val registration = JSONObject(account.toMap()).put("email", "$name@example.com")
        id = answer(url, "POST", "/v1/register", registration).second.getString("userId")
        signIn()
    }

    fun signIn() = take(answer(url, "POST", "/v1/authenticate", account).second)

    fun does(method: String, path: String, body: JSONObject?) {
        if (accessToken == "expired") refresh()
        val (status, problem) = answer(url, method, path, body, accessToken)
        check(status < 300) { "$method $path: $problem" }
    }

    private fun nextToken(): String {
        requests += 1
        if (requests % 20 == 0) accessToken = "expired"
        return accessToken
    }

    /** An answer that was lost is asked for again at once, with the same token. */
    private fun refresh(): Boolean {
        val body = JSONObject().put("refreshToken", refreshToken)
        while (true) {
            val (status, tokens) = try {
                answer(lossy, "POST", "/v1/authenticate/refresh", body)
            } catch (lost: IOException) {
                continue
            }
            if (status == 401) return false
            take(tokens)
            renewed += 1
            return true
        }
    }

    private fun take(tokens: JSONObject) {
        accessToken = tokens.getString("accessToken")
        refreshToken = tokens.getString("refreshToken")
    }
}

private val http = HttpClient.newHttpClient()

private fun answer(url: String, method: String, path: String, body: JSONObject?, token: String = ""): Pair<Int, JSONObject> {
    val sent = body?.let { BodyPublishers.ofString(it.toString()) } ?: BodyPublishers.noBody()
    val request = HttpRequest.newBuilder(URI(url + path)).method(method, sent).header("content-type", "application/json")
    if (token.isNotEmpty()) request.header("authorization", "Bearer $token")
    val answer = http.send(request.build(), BodyHandlers.ofString())
    return Pair(answer.statusCode(), JSONObject(answer.body().ifEmpty { "{}" }))
}

/** What a device keeps of one conversation, as the guide asks for it. */
private class Device : Store {
    val waiting = mutableListOf<Outgoing>()
    val refused = mutableListOf<JSONObject>()
    val doubtful = mutableListOf<Outgoing>()
    val entries = mutableListOf<JSONObject>()

    fun writes(id: String, recipientId: String, text: String, firstTryMillis: Long?): Outgoing {
        val body = JSONObject().put("recipientId", recipientId).put("body", text).put("clientMessageId", id)
        return Outgoing("/v1/messages", body, firstTryMillis).also { waiting += it }
    }

    fun mustHaveSentAll() =
        check(waiting.isEmpty() && refused.isEmpty()) { "${waiting.map { it.body }} wait, these are refused: $refused" }

    override fun waiting() = waiting.toList()

    override fun trying(outgoing: Outgoing) = check(outgoing in waiting)

    override fun sent(outgoing: Outgoing) {
        waiting.remove(outgoing)
    }

    override fun refused(outgoing: Outgoing, problem: JSONObject) {
        waiting.remove(outgoing)
        refused += problem
    }

    override fun doubtful(outgoing: Outgoing) {
        waiting.remove(outgoing)
        doubtful += outgoing
    }

    override fun lastSeq(conversationId: String) = entries.lastOrNull()?.getLong("seq") ?: 0

    override fun take(conversationId: String, entries: List<JSONObject>, changed: List<JSONObject>) {
        check(entries.first().getLong("seq") == lastSeq(conversationId) + 1) { "a hole, or an entry twice" }
        this.entries += entries
        for (message in changed) this.entries[message.getInt("seq") - 1] = message
    }
}

/** A wire to `port` that breaks before a request has arrived, or before its answer has. */
private class LossyWire(private val port: Int, private val random: Random) {
    private val near = ServerSocket(0, 50, InetAddress.getLoopbackAddress())
    val url = "http://127.0.0.1:${near.localPort}"
    val broken = AtomicInteger()

    init {
        thread(isDaemon = true) {
            while (true) connect(near.accept(), Socket(near.inetAddress, port))
        }
    }

    private fun connect(client: Socket, server: Socket) {
        for ((from, to) in listOf(client to server, server to client)) {
            thread(isDaemon = true) {
                runCatching { handOn(from, to) }
                // The client first: it must not hear what the server says of a request that broke off.
                client.close()
                server.close()
            }
        }
    }

    private fun handOn(from: Socket, to: Socket) {
        val bytes = ByteArray(65_536)
        while (true) {
            val count = from.inputStream.read(bytes)
            if (count < 0) return
            if (random.nextInt(6) == 0) {
                broken.incrementAndGet()
                return
            }
            to.outputStream.write(bytes, 0, count)
        }
    }
}
