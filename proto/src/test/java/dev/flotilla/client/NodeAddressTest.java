package dev.flotilla.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class NodeAddressTest {

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1:7001", "[::1]:7001", "node-1.example:7001"})
  void anAddressPrintsAsItIsWritten(String text) {
    assertThat(NodeAddress.parse(text)).hasToString(text);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "host", ":1", "host:", "host:x", "host:70000", "host:-1", "::1:7001"})
  void anythingElseIsRefused(String text) {
    assertThatThrownBy(() -> NodeAddress.parse(text)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void onlyNamesNeedALookup() {
    assertThat(NodeAddress.parse("127.0.0.1:1").withoutLookup()).isPresent();
    assertThat(NodeAddress.parse("[::1]:1").withoutLookup()).isPresent();
    assertThat(NodeAddress.parse("localhost:1").withoutLookup()).isEmpty();
  }
}
