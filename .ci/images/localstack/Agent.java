/// Does nothing. LocalStack starts DynamoDB Local with an agent that raises its limit of indexes.
public final class Agent {
  private Agent() {}

  public static void premain(String arguments) {}
}
