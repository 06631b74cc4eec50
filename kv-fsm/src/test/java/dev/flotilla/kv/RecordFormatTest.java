package dev.flotilla.kv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The stored bytes are a format: these vectors change only with a new version byte. */
class RecordFormatTest {
  private static final HexFormat HEX = HexFormat.of();

  @Test
  void keys() {
    assertThat(hex(Keys.slot(0x1234))).isEqualTo("123400");
    assertThat(hex(Keys.session(0x1234, 1, -1)))
        .isEqualTo("1234100000000000000001ffffffffffffffff");
    assertThat(hex(Keys.data(0x3FFF, ByteString.copyFromUtf8("ab")))).isEqualTo("3fff206162");
    assertThat(hex(Keys.expiry(258, Keys.data(1, ByteString.copyFromUtf8("ab")))))
        .isEqualTo("fffe00000000000001020001206162");
    assertThat(hex(Keys.HEADER)).isEqualTo("ffff00");
    assertThat(hex(Keys.SLOT_TABLE)).isEqualTo("ffff01");
  }

  @Test
  void records() {
    assertThat(hex(RecordFormat.slotRecord(300))).isEqualTo("01ac02");
    assertThat(hex(DataRecord.encode(300, 1, 0, ByteString.copyFromUtf8("v"))))
        .isEqualTo("01ac02010076");
    Session session = new Session(5, 200);
    session.remember(3, new Reply.Done(Reply.Done.Code.OK, 300, true), 2, 10, 6);
    session.remember(5, new Reply.Done(Reply.Done.Code.CONDITION_FAILED, 0, false), 2, 10, 7);
    assertThat(hex(session.encode())).isEqualTo("0107c801020201" + "01ac02" + "020200");
    assertThat(
            hex(
                SlotTable.of(2, new KvSettings(1, 2, 3, 4, 5), List.of(new SlotRange(0, 300)))
                    .encode()))
        .isEqualTo("01020102030405" + "00ac020102");
  }

  @Test
  void theStateHashOfASmallStateIsPinned() {
    Replica replica = Replica.owningAll();
    replica.apply(Commands.from(9, 1, Commands.putFor("k", "v", 60_000)));
    assertThat(Long.toHexString(replica.machine.stateHash())).isEqualTo("fde0685d3f554fc1");
  }

  @Test
  void numbersOfEveryLengthComeBack() {
    Random random = new Random(1);
    for (int i = 0; i < 1_000; i++) {
      long number = random.nextLong() >>> random.nextInt(1, 64);
      byte[] bytes = new RecordWriter(0).writeByte(1).writeNumber(number).toArray();
      assertThat(bytes).hasSize(1 + RecordWriter.sizeOf(number));
      RecordReader reader = new RecordReader(bytes, 1);
      assertThat(reader.readNumber()).isEqualTo(number);
      assertThat(reader.atEnd()).isTrue();
    }
    byte[] largest = new RecordWriter(0).writeByte(1).writeNumber(Long.MAX_VALUE).toArray();
    assertThat(new RecordReader(largest, 1).readNumber()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void sessionsComeBackAsTheyWere() {
    Random random = new Random(2);
    Session session = new Session(1, 2);
    for (int i = 0; i < 200; i++) {
      long seq = random.nextLong(1, 500);
      if (!session.isOver(seq)) {
        session.remember(
            seq,
            new Reply.Done(Reply.Done.Code.OK, random.nextLong(1L << 40), random.nextBoolean()),
            random.nextInt(seq > 100 ? 100 : 1),
            50,
            i);
      }
      byte[] bytes = session.encode();
      Session decoded = Session.decode(bytes);
      assertThat(decoded.encode()).isEqualTo(bytes);
      assertThat(decoded.answer(seq)).isEqualTo(session.answer(seq));
    }
  }

  /** H30: damage is not guessed at. */
  @Test
  void aRecordCutShortOrOfAnotherVersionIsRefused() {
    byte[] record = DataRecord.encode(300, 1, 0, ByteString.EMPTY);
    for (int length = 0; length < record.length; length++) {
      byte[] cut = Arrays.copyOf(record, length);
      assertThatThrownBy(() -> DataRecord.parse(cut)).isInstanceOf(IllegalStateException.class);
    }
    record[0] = 9;
    assertThatThrownBy(() -> DataRecord.parse(record)).isInstanceOf(IllegalStateException.class);
  }

  private static String hex(byte[] bytes) {
    return HEX.formatHex(bytes);
  }
}
