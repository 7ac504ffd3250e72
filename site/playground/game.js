// "The game": lesson 1's toy, trained in the page. Every setting is in the address, after #game.
"use strict";

PAGE.panels.game = (() => {
  const { find, say, colour } = PAGE;
  const LIMIT = 1.3, PLACES = 33, SHOWN = 300, FRAME_MS = 1000 / 30;
  const RATES = [0, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 3, 5, 10, 20, 30, 50, 100, 1000, 2000];  // thousandths
  const HEALTHY = { dRate: 2, gRate: 1, turns: 1, noise: 0, label: 1 };
  const PRESETS = {
    healthy: {}, collapse: { gRate: 30 }, frozen: { dRate: 0 }, strong: { gRate: 0.02 },
    fast: { dRate: 2000, gRate: 1000 },
  };
  // The knobs: how the address calls each, and its stops.
  const KNOBS = {
    gRate: { short: "g", stops: RATES, text: rate => `${rate / 1000}` },
    dRate: { short: "d", stops: RATES, text: rate => `${rate / 1000}` },
    turns: { short: "turns", stops: [1, 2, 3, 4, 5] },
    noise: { short: "noise", stops: [0, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3] },
    label: { short: "label", stops: [0.6, 0.7, 0.8, 0.9, 0.95, 1] },
  };
  const settings = { data: "ring", seed: 1, ...HEALTHY };
  const sliders = {};
  let game, real, noise, points, losses, playing = false, visible = true, measured, setData, spoken = "";
  // Of the animation: its frames, when the last one was, the number of the next, and how many ms of it training may take.
  let frames = 0, before = 0, asked = 0, patience = 16;

  // --- The address

  const written = () => `#game&data=${settings.data}&seed=${settings.seed}&`
    + Object.entries(KNOBS).map(([name, { short }]) => `${short}=${settings[name]}`).join("&");

  /** Takes from the address what it says and what there is; returns whether it is about a game. */
  function readAddress() {
    const [panel, ...rest] = location.hash.slice(1).split("&");
    if (panel !== "game" || !rest.length) return false;
    const asked = new URLSearchParams(rest.join("&"));
    if (Object.hasOwn(TOY.SHAPES, asked.get("data"))) settings.data = asked.get("data");
    settings.seed = seedFrom(asked.get("seed"));
    for (const [name, { short, stops }] of Object.entries(KNOBS)) {
      const value = asked.has(short) ? Number(asked.get(short)) : NaN;
      settings[name] = stops.includes(value) ? value : HEALTHY[name];
    }
    return true;
  }

  const seedFrom = text => Math.min(Math.max(Math.round(Number(text)) || 1, 1), 9999);

  function writeAddress() {
    try {
      history.replaceState(null, "", written());
    } catch { /* A notebook's output has no address of its own. */ }
    find("game-linked").textContent = "";
  }

  // --- Playing

  function reset() {
    game = TOY.newGame(settings.seed);
    const random = randomFrom(settings.seed + 10000);
    real = TOY.realPoints(settings.data, SHOWN, random);
    noise = random.normals(2 * SHOWN);
    losses = [];
    look();
    show();
  }

  function step() {
    losses.push(TOY.step(game, settings));
    look();
  }

  function look() {
    points = TOY.draw(game, noise);
    measured = TOY.measures(settings.data, points);
  }

  /** Makes at least a step, and as many as leave 30 frames a second: of 24 ms of a frame, or less where painting is slow.
   *
   * Curves and numbers follow every fifth frame.
   */
  function frame(now) {
    if (visible) {
      const late = before && now - before > FRAME_MS + 1;
      patience = Math.min(Math.max(patience + (late ? -2 : 0.1), 8), 24);
      const begin = performance.now();
      let steps = 0, spent;
      do {
        step();
        spent = performance.now() - begin;
      } while (spent + spent / ++steps < patience);
      showBoard();
      if (++frames % 5 === 0) {
        showLosses();
        showNumbers();
      }
    }
    before = now;
    asked = requestAnimationFrame(frame);
  }

  function play(on) {
    const ends = playing && !on;
    playing = on;
    find("game-play").textContent = say(on ? "game.pause" : "game.play");
    cancelAnimationFrame(asked);
    before = 0;
    if (on) asked = requestAnimationFrame(frame);
    if (ends) show();
  }

  // --- Showing

  /** Returns the name of what can be said of the game so far. */
  function verdict() {
    const { distance, covered, parts } = measured, last = losses.at(-1);
    if (settings.gRate === 0) return "frozen g";
    if (settings.dRate === 0) return "frozen d";
    if (!(distance < 1.2)) return game.step ? "gone" : "start";
    if (game.step < 60) return "start";
    if (covered === parts && distance < 0.08) return "there";
    if (distance < 0.12 && covered <= parts / 4) return "collapse";
    if (last.dLoss < 0.35 && last.gLoss > 2) return "slow";
    return covered > parts / 2 ? "near" : "far";
  }

  function show() {
    showBoard();
    showLosses();
    showNumbers();
  }

  function showNumbers() {
    const { distance, covered, parts } = measured, said = say(`said.${verdict()}`);
    find("game-steps").textContent = game.step;
    find("game-distance").textContent = distance < 10 ? distance.toFixed(3) : distance < 1e6 ? Math.round(distance) : "∞";
    find("game-coverage").textContent = say("game.of", { covered, parts });
    if (said !== spoken) {
      find("game-said").textContent = spoken = said;
      find("game-board").setAttribute("aria-label", say("game.board", { said }));
    }
  }

  // Where D is asked its opinion, and the small picture of its answers; both are made once.
  const places = new Float64Array(2 * PLACES * PLACES), field = PAGE.make("canvas", { width: PLACES, height: PLACES });
  for (let k = 0; k < PLACES * PLACES; k++) {
    places[2 * k] = (k % PLACES) / (PLACES - 1) * 2 * LIMIT - LIMIT;
    places[2 * k + 1] = LIMIT - Math.floor(k / PLACES) / (PLACES - 1) * 2 * LIMIT;
  }
  const image = new ImageData(PLACES, PLACES), kept = {};

  /** Returns a picture that is drawn anew only when what it depends on, `when`, has changed: of the size asked for. */
  function keep(name, when, width, height, draw) {
    if (kept[name]?.when !== when) {
      const canvas = PAGE.make("canvas", { width, height });
      draw(canvas.getContext("2d"));
      kept[name] = { when, canvas };
    }
    return kept[name].canvas;
  }

  /** Draws D's opinion as a field, from the colour of the fake to that of the real, and the points on it. */
  function showBoard() {
    const board = find("game-board"), context = board.getContext("2d"), side = board.width;
    const [low, middle, high, ink, paint, halo] = ["fakefield", "middle", "realfield", "real", "fake", "halo"].map(colour);
    const [from, between, to] = [low, middle, high].map(PAGE.rgb);
    TOY.opinion(game, places).forEach((answer, k) => {
      const below = answer < 0.5, part = below ? 2 * answer : 2 * answer - 1;
      for (let i = 0; i < 3; i++) {
        const start = below ? from[i] : between[i], end = below ? between[i] : to[i];
        image.data[4 * k + i] = start + (end - start) * part;
      }
      image.data[4 * k + 3] = 255;
    });
    field.getContext("2d").putImageData(image, 0, 0);
    const cell = side / (PLACES - 1);  // the middles of the outermost cells lie on the edge
    context.drawImage(field, -cell / 2, -cell / 2, side + cell, side + cell);
    const at = value => Math.min(Math.max(value, -LIMIT), LIMIT) / LIMIT * 0.99 * side / 2;
    context.drawImage(keep("real", [ink, side, settings.data, settings.seed].join(), side, side, crosses => {
      crosses.strokeStyle = ink;
      crosses.lineWidth = side / 400;
      crosses.beginPath();
      for (let k = 0; k < real.length; k += 2) {
        const x = side / 2 + at(real[k]), y = side / 2 - at(real[k + 1]), arm = side / 140;
        crosses.moveTo(x - arm, y - arm);
        crosses.lineTo(x + arm, y + arm);
        crosses.moveTo(x + arm, y - arm);
        crosses.lineTo(x - arm, y + arm);
      }
      crosses.stroke();
    }), 0, 0);
    const size = 2 * Math.ceil(side / 90), point = keep("fake", [paint, halo, side].join(), size, size, dot => {
      dot.fillStyle = paint;
      dot.strokeStyle = halo;
      dot.lineWidth = side / 500;
      dot.arc(size / 2, size / 2, side / 110, 0, 2 * Math.PI);
      dot.fill();
      dot.stroke();
    });
    for (let k = 0; k < points.length; k += 2) {
      if (Number.isNaN(points[k] + points[k + 1])) continue;
      context.drawImage(point, side / 2 + at(points[k]) - size / 2, side / 2 - at(points[k + 1]) - size / 2);
    }
  }

  /** Draws both losses, each the mean of a few steps, up to 2.5. */
  function showLosses() {
    const { context, width, height } = PAGE.sharp(find("game-losses"), 150), top = 2.5, left = 30, bottom = height - 6;
    const y = loss => bottom - Math.min(loss, top) / top * (bottom - 8);
    const bin = Math.max(1, Math.ceil(losses.length / 150)), means = [];
    for (let k = 0; k < losses.length; k += bin) {
      const some = losses.slice(k, k + bin), mean = name => some.reduce((sum, row) => sum + row[name], 0) / some.length;
      means.push({ dLoss: mean("dLoss"), gLoss: mean("gLoss") });
    }
    context.font = "12px system-ui, sans-serif";
    context.lineWidth = 1;
    context.textBaseline = "middle";
    context.strokeStyle = colour("line");
    context.fillStyle = colour("soft");
    for (const tick of [0, 1, 2]) {
      context.beginPath();
      context.moveTo(left, y(tick));
      context.lineTo(width, y(tick));
      context.stroke();
      context.fillText(tick, 12, Math.min(y(tick), bottom - 4));
    }
    context.setLineDash([2, 4]);
    context.strokeStyle = colour("soft");
    context.beginPath();
    context.moveTo(left, y(Math.LN2));
    context.lineTo(width, y(Math.LN2));
    context.stroke();
    context.textAlign = "right";
    context.fillText(say("game.coin"), width - 4, y(Math.LN2) + 17);
    for (const [name, dash] of [["dLoss", []], ["gLoss", [7, 4]]]) {
      context.setLineDash(dash);
      context.strokeStyle = colour(name === "dLoss" ? "real" : "gloss");
      context.lineWidth = 2;
      context.beginPath();
      means.forEach((row, k) => context.lineTo(left + k / Math.max(means.length - 1, 20) * (width - left), y(row[name])));
      context.stroke();
    }
    context.setLineDash([]);
    context.textAlign = "left";
    context.fillStyle = colour("real");
    context.fillText(`— ${say("game.loss d")}`, left + 6, 10);
    context.fillStyle = colour("gloss");
    context.fillText(`-- ${say("game.loss g")}`, left + 116, 10);
    if (frames % 50 === 0 || !playing) {
      const last = losses.at(-1), text = value => value === undefined ? "–" : value.toFixed(2);
      find("game-losses").setAttribute("aria-label",
        say("game.losses", { step: game.step, d: text(last?.dLoss), g: text(last?.gLoss) }));
    }
  }

  // --- The start

  function preset(name) {
    Object.assign(settings, HEALTHY, PRESETS[name]);
    for (const knob in sliders) sliders[knob].setValue(settings[knob]);
    writeAddress();
    reset();
    play(true);
  }

  /** Shows the settings, wherever they came from. */
  function showSettings() {
    for (const knob in sliders) sliders[knob].setValue(settings[knob]);
    setData(settings.data);
    find("game-seed").value = settings.seed;
  }

  function start() {
    const linked = readAddress();
    for (const [name, { stops, text }] of Object.entries(KNOBS)) sliders[name] = PAGE.slider(find("game-sliders"), {
      id: `game-${name}`, name: say({ gRate: "game.g", dRate: "game.d" }[name] ?? `game.${name}`), stops, text,
      value: settings[name], onChange: value => { settings[name] = value; writeAddress(); show(); },
    });
    for (const name in PRESETS) {
      const button = PAGE.make("button", { type: "button", textContent: say(`game.${name}`) });
      button.dataset.preset = name;
      button.addEventListener("click", () => preset(name));
      find("game-presets").append(button);
    }
    const shapes = Object.fromEntries(Object.keys(TOY.SHAPES).map(name => [name, say(`game.${name}`)]));
    setData = PAGE.radios(find("game-data"), "game-data", shapes, settings.data, value => {
      settings.data = value;
      writeAddress();
      reset();
    });
    find("game-seed").value = settings.seed;
    find("game-seed").addEventListener("change", () => {
      settings.seed = seedFrom(find("game-seed").value);
      find("game-seed").value = settings.seed;
      writeAddress();
      reset();
    });
    find("game-play").addEventListener("click", () => play(!playing));
    find("game-step").addEventListener("click", () => { play(false); step(); show(); });
    find("game-reset").addEventListener("click", reset);
    find("game-link").addEventListener("click", async () => {
      writeAddress();
      let done = false;
      try {
        await navigator.clipboard.writeText(location.href.split("#")[0] + written());
        done = true;
      } catch { /* Not every browser lets a page write there. */ }
      find("game-linked").textContent = say(done ? "game.linked" : "game.not linked");
    });
    addEventListener("hashchange", () => { if (readAddress()) { showSettings(); reset(); } });
    PAGE.redraws.push(show);
    reset();
    play(false);
    // It begins by itself when the board is first seen, and rests while nothing of it is.
    const watch = (element, seen) => new IntersectionObserver(([entry]) => seen(entry.isIntersecting)).observe(element);
    let begun = PAGE.still;
    watch(find("game"), seen => { visible = seen; });
    watch(find("game-board"), seen => {
      if (!seen || begun) return;
      begun = true;
      play(true);
    });
    if (linked) find("game").scrollIntoView();
  }

  return { start, now: () => ({ step: game.step, ...measured, playing, ...settings }) };
})();
