package dev.flotilla.launcher.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.flotilla.launcher.cluster.ClusterFile;
import dev.flotilla.launcher.commands.KvClient;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;
import org.openqa.selenium.Dimension;
import org.openqa.selenium.Keys;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.support.ui.WebDriverWait;

/**
 * The dashboard in a real browser in front of a real cluster: a leader is killed from the page, and
 * the page shows the new one. Its states are kept as pictures in {@code target/screenshots}. The
 * tests follow one another, as a person would go.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class DashboardIT {
  private static final Path BROWSER = Path.of("/usr/bin/chromium");
  private static final Path DRIVER = Path.of("/usr/bin/chromedriver");
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Path PICTURES = Path.of("target", "screenshots");

  @TempDir private static Path directory;

  private static TestCluster cluster;
  private static ChromeDriver browser;
  private static Visitors visitors;

  @BeforeAll
  static void open() throws IOException {
    assumeTrue(
        Files.isExecutable(BROWSER) && Files.isExecutable(DRIVER),
        "no browser here: Debian's chromium and chromium-driver are needed");
    cluster = TestCluster.start(directory, "--processes", "--enable-chaos");
    Files.createDirectories(PICTURES);
    ChromeOptions options = new ChromeOptions();
    options.setBinary(BROWSER.toString());
    options.addArguments(
        // A picture in the middle of a change of colours shows neither.
        "--force-prefers-reduced-motion",
        "--headless=new",
        "--no-sandbox",
        "--disable-dev-shm-usage",
        "--window-size=1440,1900");
    browser =
        new ChromeDriver(
            new ChromeDriverService.Builder()
                .usingDriverExecutable(DRIVER.toFile())
                .usingAnyFreePort()
                .build(),
            options);
    browser.get("http://" + cluster.balancer() + "/");
  }

  @AfterAll
  static void close() throws IOException {
    if (visitors != null) {
      visitors.close();
    }
    if (browser != null) {
      browser.quit();
    }
    if (cluster != null) {
      cluster.close();
    }
  }

  /** Some reads and writes, so that the charts have something to show. */
  private static final class Visitors implements AutoCloseable {
    private final Thread thread;
    private volatile boolean ends;

    Visitors(KvClient client) {
      thread = Thread.ofVirtual().start(() -> run(client));
    }

    private void run(KvClient client) {
      for (int i = 0; !ends; i++) {
        try {
          client.put("session/" + i % 200, bytes("value " + i), "", Map.of());
          client.get("session/" + i % 200, "");
        } catch (RuntimeException e) {
          // A group has no leader at the moment; that is what is being looked at.
        }
      }
    }

    @Override
    public void close() {
      ends = true;
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static KvClient client() {
    return new KvClient(URI.create("http://" + cluster.balancer()), Duration.ofSeconds(5));
  }

  private static By test(String id) {
    return By.cssSelector("[data-testid=" + id + "]");
  }

  private static WebElement find(String id) {
    return browser.findElement(test(id));
  }

  private static WebElement card(String group) {
    return browser.findElement(
        By.cssSelector("[data-testid=group-card][data-group=" + group + "]"));
  }

  private static WebElement row(String node) {
    return browser.findElement(By.cssSelector("[data-testid=member-row][data-node=" + node + "]"));
  }

  private static void await(java.util.function.BooleanSupplier condition) {
    new WebDriverWait(browser, PATIENCE, Duration.ofMillis(50))
        .ignoring(org.openqa.selenium.StaleElementReferenceException.class)
        .until(driver -> condition.getAsBoolean());
  }

  private static String attribute(WebElement element, String name) {
    String value = element.getDomAttribute(name);
    return value == null ? "" : value;
  }

  private static void picture(String name) throws IOException {
    byte[] png = browser.getScreenshotAs(OutputType.BYTES);
    Files.write(PICTURES.resolve(name + ".png"), png);
  }

  private static void press(String node, String fault) {
    row(node).findElement(test("chaos-" + fault)).click();
    await(() -> find("confirm-ok").isDisplayed());
    find("confirm-ok").click();
  }

  @Test
  @Order(1)
  void aHealthyClusterLooksHealthy() throws IOException {
    visitors = new Visitors(client());
    await(() -> attribute(find("connection"), "data-state").equals("live"));
    await(() -> attribute(find("verdict"), "data-level").equals("ok"));
    assertThat(browser.findElements(test("group-card"))).hasSize(3);
    assertThat(browser.findElements(test("member-row"))).hasSize(9);
    await(() -> !browser.findElements(By.cssSelector("[data-kind=leader]")).isEmpty());
    await(() -> browser.findElements(By.cssSelector("#chart-rate canvas")).size() == 1);
    // Half a minute of charts would be nicer to look at; a few points are enough to see that they
    // draw.
    await(() -> chartPoints() >= 6);
    assertThat(logErrors()).isEmpty();
    for (String theme : List.of("dark", "light")) {
      await(() -> {
        find("theme-toggle").click();
        return find("theme-toggle").getText().contains(theme);
      });
      assertThat(Accessibility.tooFaint(browser)).as("contrast, " + theme).isEmpty();
      picture("1-healthy-" + theme);
    }
  }

  private static long chartPoints() {
    Object points =
        browser.executeScript(
            "return Number(document.querySelector('[data-testid=chart-rate]').dataset.points || 0)");
    return points instanceof Number number ? number.longValue() : 0;
  }

  /** What the browser's console holds: a refused script, an exception. */
  private static List<String> logErrors() {
    return browser.manage().logs().get("browser").getAll().stream()
        .filter(entry -> entry.getLevel().intValue() >= java.util.logging.Level.SEVERE.intValue())
        .map(entry -> entry.getMessage())
        .toList();
  }

  @Test
  @Order(2)
  void aKeyIsFoundOnTheRing() {
    WebElement input = find("locate-input");
    input.sendKeys("greeting");
    await(() -> !attribute(find("locate-result"), "data-group").isEmpty());
    assertThat(find("locate-result").getText())
        .contains(attribute(find("locate-result"), "data-group"));
  }

  @Test
  @Order(3)
  void aKeyIsWrittenReadAndNotOverwrittenBlindly() {
    find("key-input").sendKeys("greeting");
    find("key-value").sendKeys("hello");
    find("key-save").click();
    await(() -> find("key-revision").getText().matches("[0-9]+"));
    assertThat(new String(client().get("greeting", "").body(), StandardCharsets.UTF_8))
        .isEqualTo("hello");
    client().put("greeting", bytes("changed elsewhere"), "", Map.of());
    find("key-value").clear();
    find("key-value").sendKeys("mine");
    find("key-save").click();
    await(() -> find("key-conflict").isDisplayed());
    assertThat(new String(client().get("greeting", "").body(), StandardCharsets.UTF_8))
        .isEqualTo("changed elsewhere");
    find("key-load-new").click();
    await(() -> find("key-value").getDomProperty("value").contains("changed elsewhere"));
  }

  @Test
  @Order(4)
  void everyControlHasANameAndTheKeyboardReachesIt() {
    for (WebElement control :
        browser.findElements(By.cssSelector("button, input, textarea, select, a[href]"))) {
      if (control.isDisplayed()) {
        assertThat(control.getAccessibleName())
            .as(control.getDomProperty("outerHTML"))
            .isNotBlank();
      }
    }
    assertThat(browser.findElement(By.tagName("html")).getDomAttribute("lang")).isEqualTo("en");
    assertThat(browser.findElements(By.cssSelector("main"))).hasSize(1);
    assertThat(Accessibility.notForKeyboards(browser)).isEmpty();
    WebElement body = browser.findElement(By.tagName("body"));
    browser.executeScript("document.activeElement.blur(); window.scrollTo(0, 0)");
    body.sendKeys("?");
    await(() -> browser.findElement(test("help-dialog")).isDisplayed());
    browser.switchTo().activeElement().sendKeys(Keys.ESCAPE);
    await(() -> !browser.findElement(test("help-dialog")).isDisplayed());
  }

  @Test
  @Order(5)
  void aKilledLeaderIsFollowedByANewOneOnThePage() throws IOException {
    String old = attribute(card("g1"), "data-leader");
    assertThat(old).isNotEmpty();
    press(old, "kill");
    await(() -> attribute(row(old), "data-role").equals("UNREACHABLE"));
    picture("2-election");
    await(() -> {
      String now = attribute(card("g1"), "data-leader");
      return !now.isEmpty() && !now.equals(old);
    });
    String now = attribute(card("g1"), "data-leader");
    assertThat(cluster.awaitLeaderOf("g1")).isEqualTo(now);
    await(() -> find("feed").getText().contains(now + " leads g1"));
    assertThat(find("feed").getText()).contains(old);
    picture("2-new-leader");
  }

  @Test
  @Order(6)
  void aGroupWithoutQuorumIsUnmistakable() throws IOException {
    String leader = attribute(card("g1"), "data-leader");
    press(leader, "kill");
    await(() -> attribute(card("g1"), "data-quorum").equals("false"));
    await(() -> attribute(find("verdict"), "data-level").equals("bad"));
    assertThat(find("verdict").getText()).contains("g1");
    assertThat(Accessibility.tooFaint(browser)).as("contrast without quorum").isEmpty();
    picture("3-without-quorum");
    for (String node : List.of("n1", "n2", "n3")) {
      if (attribute(row(node), "data-role").equals("UNREACHABLE")) {
        press(node, "restart");
      }
    }
    await(() -> attribute(card("g1"), "data-quorum").equals("true"));
    await(() -> !attribute(card("g1"), "data-leader").isEmpty());
  }

  @Test
  @Order(7)
  void aLeaderStepsDownFromThePage() {
    await(() -> attribute(find("verdict"), "data-level").equals("ok"));
    String old = attribute(card("g2"), "data-leader");
    card("g2").findElement(test("step-down")).click();
    await(() -> find("confirm-ok").isDisplayed());
    find("confirm-ok").click();
    await(() -> {
      String now = attribute(card("g2"), "data-leader");
      return !now.isEmpty() && !now.equals(old);
    });
  }

  @Test
  @Order(8)
  void aRunningNodeIsStartedAgain() throws IOException {
    await(() -> attribute(find("verdict"), "data-level").equals("ok"));
    String leader = attribute(card("g3"), "data-leader");
    long pid = pid(leader);
    press(leader, "restart");
    await(() -> !attribute(card("g3"), "data-leader").equals(leader));
    await(() -> pid(leader) != pid && pid(leader) != 0);
    await(() -> attribute(row(leader), "data-role").equals("FOLLOWER"));
  }

  private static long pid(String node) {
    return cluster.file().nodes().stream()
        .filter(entry -> entry.name().equals(node))
        .mapToLong(ClusterFile.NodeEntry::pid)
        .findFirst()
        .orElseThrow();
  }

  @Test
  @Order(9)
  void aNarrowWindowHoldsEverythingWithoutScrollingSideways() throws IOException {
    browser.manage().window().setSize(new Dimension(500, 1_600));
    Object tooWide =
        browser.executeScript(
            "return document.documentElement.scrollWidth - document.documentElement.clientWidth");
    picture("5-narrow");
    assertThat(tooWide).isEqualTo(0L);
    browser.manage().window().setSize(new Dimension(1_440, 1_900));
  }

  @Test
  @Order(10)
  void withoutABalancerThePageSaysThatItIsOld() throws IOException {
    cluster.killBalancer();
    await(() -> !attribute(find("connection"), "data-state").equals("live"));
    await(() -> find("old-banner").isDisplayed());
    assertThat(Accessibility.tooFaint(browser)).as("contrast of what is old").isEmpty();
    picture("4-balancer-gone");
  }
}
