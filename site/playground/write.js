// "Write with your GAN": lesson 7's network draws what is typed.
"use strict";

PAGE.panels.write = (() => {
  const { find, say, colour } = PAGE;
  const BLOW = 8;  // how many times a digit is enlarged before its edge is sharpened
  let network, seed = 7;
  const styles = { thickness: 0, slant: 0, width: 0, unsteady: 0.35 };

  /** Returns the number, from 0 to 1, that chooses the way to write a digit, as one of ten labels of that digit. */
  function label(digit, chance) {
    const way = network.ways[digit].filter(start => chance >= start).length - 1;
    return 10 * digit + Math.max(way, 0);
  }

  /** Returns the noise of a hand, 32 numbers, and the chances with which it chooses its way to write each digit. */
  function hand() {
    const random = randomFrom(seed);
    return { noise: random.normals(network.noise), chances: Array.from({ length: 10 }, random.uniform) };
  }

  /** Returns the drawing of a digit by a hand, `place` being where it stands in the line. */
  function drawDigit(digit, place, { noise, chances }) {
    const random = randomFrom(seed * 100 + (find("write-same").checked ? digit : 50 + place));
    const inputs = new Float64Array(network.noise + 100);
    for (let k = 0; k < network.noise; k++) {
      const calm = Math.sqrt(1 - styles.unsteady ** 2);
      inputs[k] = 0.8 * (calm * noise[k] + styles.unsteady * random.normal());
      for (const name in network.styles) inputs[k] += styles[name] * network.styles[name][k];
    }
    inputs[network.noise + label(digit, chances[digit])] = 1;
    return NN.draw(network, inputs);
  }

  /** Returns a canvas with the ink of a drawing: its pixels, or its edge as a pen would leave it. */
  function inked(image, ink) {
    const small = PAGE.picture(image, ink);
    if (find("write-pixels").checked) return small;
    const side = 28 * BLOW, large = PAGE.make("canvas", { width: side, height: side });
    const context = large.getContext("2d");
    context.imageSmoothingQuality = "high";
    context.drawImage(small, 0, 0, side, side);
    const data = context.getImageData(0, 0, side, side);
    for (let k = 3; k < data.data.length; k += 4) {
      const part = Math.min(Math.max((data.data[k] - 80) / 90, 0), 1);
      data.data[k] = 255 * part * part * (3 - 2 * part);
    }
    context.putImageData(data, 0, 0);
    return large;
  }

  /** Draws the line on a canvas's context of some width; returns the height that it takes. */
  function lay(context, drawings, width, ink) {
    const shown = drawings.length || 1;
    const size = Math.min(Math.max(width / (0.66 * Math.min(shown, 8) + 0.5), 64), 170);
    const step = 0.66 * size, inRow = Math.max(Math.floor((width - 0.4 * size) / step), 1);
    const rows = Math.ceil(shown / inRow), height = rows * 0.95 * size + 0.15 * size;
    if (context) drawings.forEach((image, k) => {
      if (!image) return;
      const row = Math.floor(k / inRow), count = Math.min(inRow, shown - row * inRow);
      const left = (width - (count - 1) * step - size) / 2 + (k % inRow) * step, top = 0.05 * size + row * 0.95 * size;
      context.imageSmoothingEnabled = !find("write-pixels").checked;
      context.drawImage(inked(image, ink), left, top, size, size);
    });
    return height;
  }

  /** Returns what is to be drawn: an image for each digit typed, null for a space. */
  function drawings() {
    const typed = find("write-text").value, mine = hand();
    return [...typed].filter(character => /[0-9 ]/.test(character))
      .map((character, place) => character === " " ? null : drawDigit(Number(character), place, mine));
  }

  function write() {
    if (!network) return;
    const begun = performance.now(), images = drawings(), ms = performance.now() - begun;
    const canvas = find("write-paper"), width = canvas.parentElement.clientWidth;
    const { context } = PAGE.sharp(canvas, lay(null, images, width));
    canvas.style.height = `${lay(null, images, width)}px`;
    lay(context, images, width, PAGE.rgb(colour("ink")));
    const typed = find("write-text").value, digits = typed.replace(/\D/g, "");
    const letters = [...new Set(typed.replace(/[0-9 ]/g, ""))].join(" ");
    canvas.setAttribute("aria-label", digits ? say("write.alt", { text: digits }) : say("write.empty"));
    const time = { count: digits.length, ms: Math.max(1, Math.round(ms)) };
    find("write-said").textContent = letters ? say("write.refused", { letters })
      : !digits ? say("write.empty") : say(digits.length === 1 ? "write.time.one" : "write.time", time);
    find("write-save").disabled = !digits;
  }

  function save() {
    const images = drawings(), width = 1600, canvas = PAGE.make("canvas", { width, height: lay(null, images, width) });
    const context = canvas.getContext("2d");
    context.fillStyle = "#ffffff";
    context.fillRect(0, 0, canvas.width, canvas.height);
    lay(context, images, width, [27, 27, 47]);
    PAGE.make("a", { href: canvas.toDataURL("image/png"), download: `gan-${find("write-text").value}.png` }).click();
  }

  function start(networks) {
    network = networks[7];
    find("write-text").value = "2014 1998";
    for (const name in styles) PAGE.slider(find("write-sliders"), {
      id: `write-${name}`, name: say(`write.${name}`), ends: say(`write.${name}.ends`),
      range: name === "unsteady" ? [0, 1, 0.05] : [-4, 4, 0.1], value: styles[name],
      text: value => value.toFixed(1), onChange: value => { styles[name] = value; write(); },
    });
    for (const id of ["write-text", "write-same", "write-pixels"]) find(id).addEventListener("input", write);
    find("write-hand").addEventListener("click", () => { seed += 1; write(); });
    find("write-save").addEventListener("click", save);
    PAGE.redraws.push(write);
    write();
  }

  return { start, lessons: [7] };
})();
