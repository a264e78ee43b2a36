import java.net.HttpURLConnection
import java.net.InetAddress
import java.net.ServerSocket
import java.net.Socket
import java.net.URI
import java.util.Random
import java.util.concurrent.atomic.AtomicInteger
import kotlin.concurrent.thread
import org.json.JSONObject

private const val MESSAGES = 60

/** The sample of the guide loses nothing and doubles nothing over a wire that breaks at every sixth request or answer. */
fun sampleOverLossyWire(url: String) {
    val seed = System.nanoTime()
    println("the sample over a lossy wire, seed $seed")
    val (ada, bob) = Pair(Person(url, "ada"), Person(url, "bob"))
    val wire = LossyWire(URI(url).port, Random(seed))

    val (outbox, inbox) = Pair(Memory(), Memory())
    val written = (1..MESSAGES).map { Outgoing("message-$it", bob.id, "Message $it") }
    outbox.waiting += written
    Chinwag(wire.url, outbox, { ada.accessToken }, ada::refresh).sendWaiting()
    check(outbox.waiting.isEmpty() && outbox.refused.isEmpty())

    // What is pushed comes in any order, twice, or not at all.
    val log = outbox.sent.first().getString("conversationId")
    val client = Chinwag(wire.url, inbox, { bob.accessToken }, bob::refresh)
    (outbox.sent + outbox.sent).shuffled(Random(seed)).take(MESSAGES).forEach(client::pushed)
    client.catchUp(log)
    check(inbox.entries.map { it.getLong("seq") } == (1L..MESSAGES).toList())
    check(inbox.entries.map { it.getString("body") } == written.map { it.body })
    check(wire.broken.get() > 5) { "the wire broke ${wire.broken} times" }
    println("$MESSAGES messages, each there once; the wire broke ${wire.broken} times, ${ada.renewed + bob.renewed} tokens renewed")
}

/** Somebody who is signed in, and whose first access token is not accepted. */
private class Person(private val url: String, name: String) {
    private val username = unique(name)
    private var refreshToken = ""
    val id: String
    var accessToken = "expired"
        private set
    var renewed = 0
        private set

    init {
        val account = JSONObject().put("username", username).put("password", PASSWORD)
        id = post("/v1/register", JSONObject(account.toMap()).put("email", "$name@example.com")).getString("userId")
        refreshToken = post("/v1/authenticate", account).getString("refreshToken")
    }

    fun refresh() {
        val tokens = post("/v1/authenticate/refresh", JSONObject().put("refreshToken", refreshToken))
        refreshToken = tokens.getString("refreshToken")
        accessToken = tokens.getString("accessToken")
        renewed += 1
    }

    private fun post(path: String, body: JSONObject): JSONObject {
        val connection = URI(url + path).toURL().openConnection() as HttpURLConnection
        connection.doOutput = true
        connection.setRequestProperty("content-type", "application/json")
        connection.outputStream.use { it.write(body.toString().toByteArray()) }
        return JSONObject(connection.inputStream.bufferedReader().readText())
    }
}

/** What a device keeps, as the guide asks for it. */
private class Memory : Store {
    val waiting = mutableListOf<Outgoing>()
    val sent = mutableListOf<JSONObject>()
    val refused = mutableListOf<JSONObject>()
    val entries = mutableListOf<JSONObject>()

    override fun waiting() = waiting.toList()

    override fun sent(outgoing: Outgoing, message: JSONObject) {
        waiting.remove(outgoing)
        sent += message
    }

    override fun refused(outgoing: Outgoing, problem: JSONObject) {
        waiting.remove(outgoing)
        refused += problem
    }

    override fun lastSeq(conversationId: String) = entries.lastOrNull()?.getLong("seq") ?: 0

    override fun take(conversationId: String, entries: List<JSONObject>) {
        check(entries.first().getLong("seq") == lastSeq(conversationId) + 1) { "a hole, or an entry twice" }
        this.entries += entries
    }
}

/** A wire to `port` that breaks before a request has arrived, or before its answer has. */
private class LossyWire(private val port: Int, private val random: Random) {
    private val near = ServerSocket(0, 50, InetAddress.getLoopbackAddress())
    val url = "http://127.0.0.1:${near.localPort}"
    val broken = AtomicInteger()

    init {
        thread(isDaemon = true) {
            while (true) {
                val (client, server) = Pair(near.accept(), Socket(near.inetAddress, port))
                handOn(client, server)
                handOn(server, client)
            }
        }
    }

    private fun handOn(from: Socket, to: Socket) = thread(isDaemon = true) {
        val bytes = ByteArray(65_536)
        runCatching {
            while (true) {
                val count = from.inputStream.read(bytes)
                if (count < 0) break
                if (random.nextInt(6) == 0) {
                    broken.incrementAndGet()
                    break
                }
                to.outputStream.write(bytes, 0, count)
            }
        }
        to.close()
        from.close()
    }
}
