/* See ../client-program.ts. */
import com.hivemq.client.mqtt.MqttClient;
import com.hivemq.client.mqtt.MqttClientBuilder;
import com.hivemq.client.mqtt.MqttGlobalPublishFilter;
import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.lifecycle.MqttClientConnectedContext;
import com.hivemq.client.mqtt.mqtt3.Mqtt3AsyncClient;
import com.hivemq.client.mqtt.mqtt3.lifecycle.Mqtt3ClientConnectedContext;
import com.hivemq.client.mqtt.mqtt5.Mqtt5AsyncClient;
import com.hivemq.client.mqtt.mqtt5.lifecycle.Mqtt5ClientConnectedContext;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

public final class Client {
  private static final int UNDER_WAY_MAX = 10;

  /** What both versions of MQTT can. */
  private interface Connection {
    CompletableFuture<?> connect();

    CompletableFuture<?> subscribe(String topic);

    CompletableFuture<?> publish(String topic, MqttQos qos, byte[] payload);

    CompletableFuture<?> disconnect();
  }

  private static synchronized void tell(String happening) {
    System.out.println(happening);
    System.out.flush();
  }

  private static void fail(Throwable error) {
    tell("{\"happened\":\"failed\",\"why\":\"" + error.toString().replace('"', '\'').replace('\n', ' ') + "\"}");
  }

  private static void connected(MqttClientConnectedContext context) {
    boolean present =
        context instanceof Mqtt5ClientConnectedContext
            ? ((Mqtt5ClientConnectedContext) context).getConnAck().isSessionPresent()
            : ((Mqtt3ClientConnectedContext) context).getConnAck().isSessionPresent();
    tell("{\"happened\":\"connected\",\"sessionPresent\":" + present + "}");
  }

  private static void command(byte[] payload) {
    tell("{\"happened\":\"command\",\"payload\":" + new String(payload, StandardCharsets.UTF_8) + "}");
  }

  private static Connection version5(MqttClientBuilder builder) {
    Mqtt5AsyncClient client = builder.useMqttVersion5().buildAsync();
    client.publishes(MqttGlobalPublishFilter.ALL, message -> command(message.getPayloadAsBytes()));
    return new Connection() {
      public CompletableFuture<?> connect() {
        return client.connectWith().cleanStart(false).sessionExpiryInterval(3600).send();
      }

      public CompletableFuture<?> subscribe(String topic) {
        return client.subscribeWith().topicFilter(topic).qos(MqttQos.EXACTLY_ONCE).send();
      }

      public CompletableFuture<?> publish(String topic, MqttQos qos, byte[] payload) {
        return client.publishWith().topic(topic).qos(qos).payload(payload).send()
            .thenCompose(result -> result.getError().isPresent()
                ? CompletableFuture.failedFuture(result.getError().get()) : CompletableFuture.completedFuture(result));
      }

      public CompletableFuture<?> disconnect() {
        return client.disconnect();
      }
    };
  }

  private static Connection version3(MqttClientBuilder builder) {
    Mqtt3AsyncClient client = builder.useMqttVersion3().buildAsync();
    client.publishes(MqttGlobalPublishFilter.ALL, message -> command(message.getPayloadAsBytes()));
    return new Connection() {
      public CompletableFuture<?> connect() {
        return client.connectWith().cleanSession(false).send();
      }

      public CompletableFuture<?> subscribe(String topic) {
        return client.subscribeWith().topicFilter(topic).qos(MqttQos.EXACTLY_ONCE).send();
      }

      public CompletableFuture<?> publish(String topic, MqttQos qos, byte[] payload) {
        return client.publishWith().topic(topic).qos(qos).payload(payload).send();
      }

      public CompletableFuture<?> disconnect() {
        return client.disconnect();
      }
    };
  }

  private final Connection connection;
  private final String topic;
  private final String reading;
  private final int readings;
  private final AtomicInteger published = new AtomicInteger();

  private Client(Connection connection, String topic, String reading, int readings) {
    this.connection = connection;
    this.topic = topic;
    this.reading = reading;
    this.readings = readings;
  }

  private void publishNext() {
    int n = published.incrementAndGet();
    if (n > readings) return;
    byte[] payload = reading.replace("{n}", String.format("%012d", n)).getBytes(StandardCharsets.UTF_8);
    connection.publish(topic, n % 2 == 1 ? MqttQos.AT_LEAST_ONCE : MqttQos.EXACTLY_ONCE, payload)
        .whenComplete((result, error) -> {
          if (error != null) fail(error);
          else tell("{\"happened\":\"acknowledged\",\"n\":" + n + "}");
          publishNext();
        });
  }

  public static void main(String[] words) throws Exception {
    MqttClientBuilder builder = MqttClient.builder()
        .serverHost(words[0]).serverPort(Integer.parseInt(words[1])).identifier(words[2])
        .automaticReconnect().initialDelay(100, TimeUnit.MILLISECONDS).maxDelay(100, TimeUnit.MILLISECONDS)
        .applyAutomaticReconnect()
        .addConnectedListener(Client::connected);
    Connection connection = words[3].equals("5") ? version5(builder) : version3(builder);
    Client client = new Client(connection, words[5], words[6], Integer.parseInt(words[7]));
    connection.connect()
        .thenCompose(connack -> connection.subscribe(words[4]))
        .whenComplete((suback, error) -> {
          if (error != null) {
            fail(error);
            return;
          }
          tell("{\"happened\":\"subscribed\"}");
          for (int n = 0; n < UNDER_WAY_MAX; n += 1) client.publishNext();
        });
    while (System.in.read() != -1) continue;
    connection.disconnect().get();
    tell("{\"happened\":\"done\"}");
    System.exit(0);
  }
}
