package dev.flotilla.launcher.e2e;

import java.util.ArrayList;
import java.util.List;
import org.openqa.selenium.Keys;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.interactions.Actions;

/**
 * What of the Web Content Accessibility Guidelines 2.2 a program can check: the contrast of text
 * (1.4.3, level AA), and that the Tab key reaches every control (2.1.1) and shows where it is
 * (2.4.7).
 */
final class Accessibility {
  /** More presses of Tab than there are controls on the page. */
  private static final int MOST_STOPS = 500;

  /**
   * Colours as the browser blends them: of the text over the backgrounds behind it. Disabled
   * controls are exempt, as the guidelines say; so is what nobody sees.
   */
  private static final String TOO_FAINT =
      """
      const canvas = document.createElement('canvas');
      canvas.width = canvas.height = 1;
      const pen = canvas.getContext('2d', {willReadFrequently: true});
      const blend = (colours) => {
        pen.clearRect(0, 0, 1, 1);
        for (const [colour, alpha] of colours) {
          pen.globalAlpha = alpha;
          pen.fillStyle = colour;
          pen.fillRect(0, 0, 1, 1);
        }
        return [...pen.getImageData(0, 0, 1, 1).data].slice(0, 3);
      };
      const luminance = (rgb) => {
        const [r, g, b] = rgb.map((v) => v / 255).map((v) => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
      };
      const found = [];
      let looked = 0;
      for (const element of document.querySelectorAll('body *')) {
        const own = [...element.childNodes].filter((n) => n.nodeType === 3).map((n) => n.data.trim()).join(' ').trim();
        const text = own || (element.matches('input, textarea') ? element.value : '');
        if (!text || !element.checkVisibility({opacityProperty: true, visibilityProperty: true})) continue;
        if (element.closest(':disabled, [aria-disabled=true], [aria-hidden=true]')) continue;
        const box = element.getBoundingClientRect();
        if (box.width <= 1 || box.height <= 1) continue; // for screen readers only
        const style = getComputedStyle(element);
        const behind = [];
        let opacity = 1;
        for (let at = element; at; at = at.parentElement) {
          const s = getComputedStyle(at);
          behind.unshift([s.backgroundColor, 1]);
          opacity *= Number(s.opacity);
        }
        behind.unshift(['white', 1]);
        const back = luminance(blend(behind));
        const front = luminance(blend([...behind, [element instanceof SVGElement ? style.fill : style.color, opacity]]));
        const contrast = (Math.max(back, front) + 0.05) / (Math.min(back, front) + 0.05);
        const size = parseFloat(style.fontSize);
        const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
        looked += 1;
        if (contrast < (large ? 3 : 4.5)) {
          found.push(`${contrast.toFixed(2)}: "${text.slice(0, 40)}" in ${element.tagName}.${element.getAttribute('class') ?? ''}`);
        }
      }
      return looked === 0 ? ['there is no text at all'] : found;
      """;

  private static final String NOTE_FOCUS =
      """
      const at = document.activeElement;
      if (!at || at === document.body) return ''; // between the last one and the first
      if (at.dataset.tabbed) return null;
      at.dataset.tabbed = 'yes';
      const s = getComputedStyle(at);
      const shown = (s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) > 0) || s.boxShadow !== 'none';
      return shown ? '' : 'no sign of focus on ' + at.outerHTML.slice(0, 120);
      """;

  private static final String NOT_REACHED =
      """
      const found = [];
      for (const control of document.querySelectorAll('button, input, textarea, select, a[href], summary')) {
        if (!control.dataset.tabbed && control.tabIndex >= 0 && !control.matches(':disabled')
            && control.checkVisibility({visibilityProperty: true})
            && !(control.type === 'radio' && !control.checked)) {
          found.push('not reached: ' + control.outerHTML.slice(0, 120));
        }
        delete control.dataset.tabbed;
      }
      return found;
      """;

  private Accessibility() {}

  /** Text with less contrast to what is behind it than 4.5, or 3 where it is large. */
  static List<String> tooFaint(ChromeDriver browser) {
    return texts(browser.executeScript(TOO_FAINT));
  }

  /**
   * Controls that Tab, pressed from the top on, does not reach, or does not show to have reached.
   */
  static List<String> notForKeyboards(ChromeDriver browser) {
    List<String> found = new ArrayList<>();
    for (int i = 0; i < MOST_STOPS; i++) {
      new Actions(browser).sendKeys(Keys.TAB).perform();
      Object complaint = browser.executeScript(NOTE_FOCUS);
      if (complaint == null) {
        break;
      }
      if (!complaint.equals("")) {
        found.add(complaint.toString());
      }
    }
    found.addAll(texts(browser.executeScript(NOT_REACHED)));
    return found;
  }

  private static List<String> texts(Object list) {
    return ((List<?>) list).stream().map(String::valueOf).toList();
  }
}
