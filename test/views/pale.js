/* global document, getComputedStyle, Node */
// Runs inside the page: the texts whose colour is too close to its ground for WCAG 2.2 AA, which asks for a contrast of
// 4.5, and 3 for large text.
(() => {
  const parse = (colour) => {
    const [r, g, b, alpha = 1] = colour.match(/[\d.]+/g).map(Number);
    return { rgb: [r, g, b], alpha };
  };
  const luminance = (rgb) => {
    const [r, g, b] = rgb.map((value) => {
      const share = value / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const groundOf = (element) => {
    if (element === null) return [255, 255, 255];
    const { rgb, alpha } = parse(getComputedStyle(element).backgroundColor);
    return alpha === 1 ? rgb : groundOf(element.parentElement);
  };
  const ownText = (element) =>
    Array.from(element.childNodes, (node) => (node.nodeType === Node.TEXT_NODE ? node.nodeValue : ''))
      .join('')
      .trim();
  return Array.from(document.body.querySelectorAll(':not(script, noscript)')).flatMap((element) => {
    const text = ownText(element);
    if (text === '') return [];
    const { color, opacity, fontSize } = getComputedStyle(element);
    const ground = groundOf(element);
    const ink = parse(color).rgb.map((value, at) => value * opacity + ground[at] * (1 - opacity));
    const [dark, light] = [luminance(ink), luminance(ground)].sort((a, b) => a - b);
    const contrast = (light + 0.05) / (dark + 0.05);
    const needed = parseFloat(fontSize) >= 24 ? 3 : 4.5;
    return contrast < needed ? [`"${text}" ${contrast.toFixed(2)}`] : [];
  });
})();
