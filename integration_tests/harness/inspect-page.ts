import type { Page } from 'playwright-core';

/** What a person would notice of a page, as it is laid out now. */
export interface SeenPage {
  readonly isTooWide: boolean;
  readonly isDark: boolean;
  /** Elements below what WCAG asks for (AA: 4.5; 3 for marks). */
  readonly faint: readonly string[];
  /** Pixels. */
  readonly smallestText: number;
  /** Whatever came from the network beside the page itself. */
  readonly loaded: readonly string[];
}

export function inspectPage(page: Page): Promise<SeenPage> {
  return page.evaluate<SeenPage>(inPage);
}

/** As text: what runs in a browser knows another world than what is compiled here. */
const inPage = `(() => {
  const toNumbers = (color) => (color.match(/[\\d.]+/g) ?? []).map(Number);
  const luminance = (color) => {
    const [red, green, blue] = toNumbers(color).map((value) => {
      const share = value / 255;
      return share <= 0.03928 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const groundOf = (element) => {
    if (element === null) return 'rgb(255, 255, 255)';
    const { backgroundColor } = getComputedStyle(element);
    return toNumbers(backgroundColor)[3] === 0 ? groundOf(element.parentElement) : backgroundColor;
  };
  const contrast = (element) => {
    const pair = [luminance(getComputedStyle(element).color), luminance(groundOf(element))];
    return (Math.max(...pair) + 0.05) / (Math.min(...pair) + 0.05);
  };
  const isShown = (element) => element.checkVisibility();
  const hasText = (element) => [...element.childNodes].some(({ nodeType, nodeValue }) => nodeType === 3 && nodeValue.trim() !== '');
  const all = [...document.body.querySelectorAll('*')].filter(isShown);
  const texts = all.filter((element) => element.tagName === 'svg' || hasText(element));
  return {
    isTooWide: document.documentElement.scrollWidth > window.innerWidth,
    isDark: luminance(groundOf(document.body)) < 0.2,
    faint: texts
      .filter((element) => contrast(element) < (element.tagName === 'svg' ? 3 : 4.5))
      .map(({ tagName }) => tagName),
    smallestText: Math.min(...texts.map((element) => Number.parseFloat(getComputedStyle(element).fontSize))),
    loaded: performance.getEntriesByType('resource').map(({ name }) => name),
  };
})()`;
