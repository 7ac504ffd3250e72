// What the panels share: language, theme, texts, sliders, and the start.
"use strict";

const PAGE = (() => {
  // A notebook says what it wants in `PLAYGROUND`: its language, and which panels.
  const wanted = globalThis.PLAYGROUND ?? {}, query = new URLSearchParams(location.search);
  const chosen = wanted.language ?? query.get("lang") ?? (/^(en)/.test(navigator.language) ? "en" : "es");
  const language = chosen in TEXTS ? chosen : "es";
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const panels = {}, redraws = [];
  const find = id => document.getElementById(id);

  /** Returns a text in the page's language with its {names} filled in. */
  const say = (name, values = {}) =>
    TEXTS[language][name].replace(/\{(\w+)\}/g, (_, key) => values[key]);

  const colour = name => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

  function make(tag, more = {}, ...children) {
    const element = Object.assign(document.createElement(tag), more);
    element.append(...children);
    return element;
  }

  /** Adds a slider with its name and what it says; returns the input. `stops` are its values, or [low, high, step]. */
  function slider(box, { id, name, ends = "", stops, range, value, text = String, onChange }) {
    const [low, high, step] = range ?? [0, stops.length - 1, 1];
    const input = make("input", { type: "range", id, min: low, max: high, step });
    const output = make("output", { textContent: "" });
    output.setAttribute("for", id);
    const read = () => stops ? stops[input.valueAsNumber] : input.valueAsNumber;
    const show = () => {
      output.textContent = ends || text(read());
      input.setAttribute("aria-valuetext", text(read()));
    };
    input.setValue = given => {
      input.value = stops ? nearest(stops, given) : given;
      show();
    };
    input.read = read;
    input.addEventListener("input", () => { show(); onChange(read()); });
    box.append(make("div", { className: "slider" },
      make("label", { htmlFor: id, textContent: name }), output, input));
    input.setValue(value);
    return input;
  }

  const nearest = (stops, given) => stops.reduce((best, stop, k) =>
    Math.abs(stop - given) < Math.abs(stops[best] - given) ? k : best, 0);

  /** Adds radio buttons to a fieldset; returns a function that sets the chosen one. */
  function radios(box, name, options, chosen, onChange) {
    const inputs = Object.entries(options).map(([value, text]) => {
      const input = make("input", { type: "radio", name, value, checked: value === chosen });
      input.addEventListener("change", () => onChange(value));
      box.append(make("label", { className: "pill" }, input, make("span", { textContent: text })));
      return input;
    });
    return value => inputs.forEach(input => { input.checked = input.value === value; });
  }

  /** Makes a canvas as sharp as the screen, and empty; returns its context and its size in CSS pixels. */
  function sharp(canvas, height) {
    const width = canvas.clientWidth || 300, ratio = Math.min(devicePixelRatio || 1, 3);
    const context = canvas.getContext("2d"), size = [width, height ?? width].map(length => Math.round(length * ratio));
    if (canvas.width !== size[0] || canvas.height !== size[1]) [canvas.width, canvas.height] = size;
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, ...size);
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    return { context, width, height: height ?? width };
  }

  /** Returns a canvas of 28 × 28 pixels with an image in [-1, 1]: ink on nothing, or white on black. */
  function picture(image, ink) {
    const canvas = make("canvas", { width: 28, height: 28 }), context = canvas.getContext("2d");
    const data = context.createImageData(28, 28);
    const [red, green, blue] = ink ?? [0, 0, 0];
    image.forEach((value, k) => {
      const light = Math.round((value + 1) * 127.5);
      data.data.set(ink ? [red, green, blue, light] : [light, light, light, 255], 4 * k);
    });
    context.putImageData(data, 0, 0);
    return canvas;
  }

  /** Returns red, green and blue of a colour written #rrggbb. */
  const rgb = hex => [1, 3, 5].map(k => parseInt(hex.slice(k, k + 2), 16));

  function setTheme(theme) {
    document.documentElement.dataset.theme = theme;
    for (const redraw of redraws) redraw();
  }

  function startTheme() {
    const dark = matchMedia("(prefers-color-scheme: dark)");
    setTheme(query.get("theme") === "dark" || query.get("theme") === "light" ? query.get("theme")
      : dark.matches ? "dark" : "light");
    dark.addEventListener("change", () => setTheme(dark.matches ? "dark" : "light"));
    find("theme").addEventListener("click", () =>
      setTheme(document.documentElement.dataset.theme === "dark" ? "light" : "dark"));
  }

  function startLanguage() {
    document.documentElement.lang = language;
    document.title = say("title");
    for (const element of document.querySelectorAll("[data-text]")) element.textContent = say(element.dataset.text);
    for (const element of document.querySelectorAll("[data-label]"))
      element.setAttribute("aria-label", say(element.dataset.label));
    find("home").href = `../${language}/index.html`;
    const other = language === "es" ? "en" : "es", link = find("language");
    Object.assign(link, { textContent: say("other"), lang: other, hreflang: other, href: `?lang=${other}` });
    link.addEventListener("click", () => { link.href = `?lang=${other}${location.hash}`; });
  }

  /** Fills the page. Panels that a notebook does not want are left out, and what needs the generators waits for them. */
  async function start() {
    for (const section of document.querySelectorAll("main > section"))
      if (wanted.panels && !wanted.panels.includes(section.id)) section.remove();
    if (wanted.panels) document.body.classList.add("slim");
    startLanguage();
    startTheme();
    const present = Object.keys(panels).filter(find);
    if (present.includes("game")) panels.game.start();
    const lessons = present.flatMap(name => panels[name].lessons ?? []);
    if (!lessons.length) return;
    const greys = Object.entries(WEIGHTS.networks).map(([lesson, network]) => [lesson, network.grey]);
    find("copies").textContent = say("copies", Object.fromEntries(greys));
    try {
      const networks = Object.fromEntries(await Promise.all(
        lessons.map(async lesson => [lesson, await NN.unpack(WEIGHTS.networks[lesson])])));
      for (const name of present) if (panels[name].lessons) panels[name].start(networks);
    } catch (error) {
      if (typeof DecompressionStream !== "undefined") throw error;
      Object.assign(find("trouble"), { hidden: false, textContent: say("old") });
    }
    if (/^#(write|walk|game)$/.test(location.hash)) find(location.hash.slice(1))?.scrollIntoView();
  }

  addEventListener("resize", () => redraws.forEach(redraw => redraw()));
  return { language, still, panels, redraws, find, say, colour, make, slider, radios, sharp, picture, rgb, start };
})();
