// "Write with your GAN": lesson 7's network draws what is typed.
"use strict";

PAGE.panels.write = (() => {
  const { find, say, colour } = PAGE;
  const BLOW = 8;  // how many times a digit is enlarged before its edge is sharpened
  let network, seed = 7;
  const styles = { thickness: 0, slant: 0, width: 0, unsteady: 0.35 };

  /** Returns which of the network's 100 labels a hand gives to a digit: the way of writing it that it likes best.
   *
   * What it likes is Gumbel noise on the logarithm of each way's share, so that over many hands each way is taken as
   * often as in the data; the sliders weigh in.
   */
  function label(digit, likings) {
    const scores = network.shares[digit].map((share, way) => Object.keys(network.styles).reduce(
      (score, name) => score + styles[name] * network["style of ways"][name][10 * digit + way],
      Math.log(share + 1e-9) + likings[10 * digit + way]));
    return 10 * digit + scores.indexOf(Math.max(...scores));
  }

  /** Returns a hand: its noise, 32 numbers, and how much it likes each of the 100 ways to write a digit. */
  function hand() {
    const random = randomFrom(seed);
    const gumbel = () => -Math.log(-Math.log(random.uniform() || 0.5));
    return { noise: random.normals(network.noise), likings: Array.from({ length: 100 }, gumbel) };
  }

  /** Returns the drawing of a digit by a hand, `place` being where it stands in the line. */
  function drawDigit(digit, place, { noise, likings }) {
    const random = randomFrom(seed * 100 + (find("write-same").checked ? digit : 50 + place));
    const inputs = new Float64Array(network.noise + 100), calm = Math.sqrt(1 - styles.unsteady ** 2);
    for (let k = 0; k < network.noise; k++) {
      inputs[k] = 0.7 * (calm * noise[k] + styles.unsteady * random.normal());
      for (const name in network.styles) inputs[k] += 0.5 * styles[name] * network.styles[name][k];
    }
    inputs[network.noise + label(digit, likings)] = 1;
    return NN.draw(network, inputs);
  }

  /** Returns a canvas with the ink of a drawing: its pixels, or its edge as a pen would leave it. */
  function inked(image, ink) {
    const small = PAGE.picture(image, ink);
    if (find("write-pixels").checked) return small;
    const side = 28 * BLOW, large = PAGE.make("canvas", { width: side, height: side });
    const context = large.getContext("2d", { willReadFrequently: true });
    context.imageSmoothingQuality = "high";
    context.drawImage(small, 0, 0, side, side);
    const data = context.getImageData(0, 0, side, side);
    for (let k = 3; k < data.data.length; k += 4) {
      const part = Math.min(Math.max((data.data[k] - 100) / 80, 0), 1);
      data.data[k] = 255 * part * part * (3 - 2 * part);
    }
    context.putImageData(data, 0, 0);
    return large;
  }

  /** Draws words on a canvas's context of some width, if there is one; returns the height that they take. */
  function lay(context, words, width, ink) {
    const longest = Math.max(...words.map(word => word.length), 1), all = words.flat().length + words.length - 1;
    const size = Math.min(Math.max(width / (0.7 * Math.max(longest, Math.min(all, 10)) + 0.7), 62), 170);
    const step = 0.7 * size, inRow = Math.max(Math.floor((width - 0.4 * size) / step), 1), rows = [[]];
    for (const word of words) {
      const row = rows.at(-1);
      if (row.length && row.length + 1 + word.length <= inRow) row.push(null, ...word);
      else for (let k = 0; k < word.length; k += inRow) rows.push(word.slice(k, k + inRow));
    }
    const filled = rows.slice(1);
    if (context) filled.forEach((row, number) => row.forEach((image, k) => {
      if (!image) return;
      const left = (width - (row.length - 1) * step - size) / 2 + k * step;
      context.imageSmoothingEnabled = !find("write-pixels").checked;
      context.drawImage(inked(image, ink), left, (0.05 + 0.95 * number) * size, size, size);
    }));
    return (0.95 * Math.max(filled.length, 1) + 0.1) * size;
  }

  /** Returns what is to be drawn: for each word typed, the images of its digits. */
  function drawings() {
    const mine = hand();
    let place = 0;
    return find("write-text").value.replace(/[^0-9 ]/g, "").split(" ").filter(Boolean)
      .map(word => [...word].map(digit => drawDigit(Number(digit), place++, mine)));
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
      range: name === "unsteady" ? [0, 1, 0.05] : [-3, 3, 0.1], value: styles[name],
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
