// A walk on a plane through the sphere of noise: the generators of lessons 1 to 3 draw the same point of it.
"use strict";

PAGE.panels.walk = (() => {
  const { find, say, colour } = PAGE;
  const LESSONS = [1, 2, 3], ACROSS = 9, NOISE = 100, REACH = 2.4;
  let networks, mapped = 3, seed = 6, axes, place = { x: -0.5, y: 0.5 }, sliders, canvases, strolling = false;
  let thumbs = [], waiting = 0;

  /** Chooses a plane: its centre and two directions, at right angles, each as long as noise is on average. */
  function choosePlane() {
    const random = randomFrom(seed);
    axes = [];
    for (let k = 0; k < 3; k++) {
      const axis = random.normals(NOISE);
      for (const other of axes) {
        const share = axis.reduce((sum, value, i) => sum + value * other[i], 0) / NOISE;
        axis.forEach((_, i) => { axis[i] -= share * other[i]; });
      }
      axes.push(lengthened(axis));
    }
  }

  /** Returns a vector with the length that normal noise has on average, √100. */
  function lengthened(vector) {
    const length = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0) / vector.length);
    return vector.map(value => value / length);
  }

  /** Returns the noise at a place of the plane, x and y in [-1, 1]: on the sphere, where noise lies. */
  function noiseAt(x, y) {
    const [centre, right, up] = axes;
    return lengthened(centre.map((value, i) => value + REACH * (x * right[i] + y * up[i])));
  }

  const drawAt = (lesson, x, y) =>
    NN.draw(networks[lesson], noiseAt(x, y).subarray(0, networks[lesson].noise));

  /** Draws the map a few pictures at a time, from the middle outwards, so that nothing stutters. */
  function mapAgain() {
    const cells = [...Array(ACROSS * ACROSS).keys()], far = k => Math.hypot(k % ACROSS - 4, Math.floor(k / ACROSS) - 4);
    cells.sort((a, b) => far(a) - far(b));
    thumbs = [];
    const run = ++waiting;
    const some = () => {
      if (run !== waiting) return;
      for (const end = performance.now() + 12; cells.length && performance.now() < end;) {
        const k = cells.shift(), middle = (ACROSS - 1) / 2;
        thumbs[k] = PAGE.picture(drawAt(mapped, (k % ACROSS - middle) / middle, (middle - Math.floor(k / ACROSS)) / middle));
      }
      show();
      if (cells.length) requestAnimationFrame(some);
    };
    some();
  }

  function show() {
    const pad = find("walk-pad"), { context, width } = PAGE.sharp(pad), cell = width / ACROSS;
    context.fillStyle = "#000";
    context.fillRect(0, 0, width, width);
    context.globalAlpha = 0.8;
    thumbs.forEach((thumb, k) =>
      context.drawImage(thumb, (k % ACROSS) * cell, Math.floor(k / ACROSS) * cell, cell, cell));
    context.globalAlpha = 1;
    const inside = (width - cell) / 2, x = width / 2 + place.x * inside, y = width / 2 - place.y * inside;
    context.lineWidth = 5;
    context.strokeStyle = "#000";
    context.strokeRect(x - cell / 2, y - cell / 2, cell, cell);
    context.lineWidth = 3;
    context.strokeStyle = colour("mark");
    context.strokeRect(x - cell / 2, y - cell / 2, cell, cell);
    const where = { lesson: mapped, x: place.x.toFixed(2), y: place.y.toFixed(2) };
    pad.setAttribute("aria-label", say("walk.pad", where));
    for (const lesson of LESSONS) {
      const context = canvases[lesson].getContext("2d");
      context.drawImage(PAGE.picture(drawAt(lesson, place.x, place.y)), 0, 0);
    }
  }

  function go(x, y) {
    const within = value => Math.min(Math.max(value, -1), 1);
    place = { x: within(x), y: within(y) };
    sliders.x.setValue(place.x);
    sliders.y.setValue(place.y);
    show();
  }

  /** Returns which place of the plane is under a mouse or a finger. */
  function under({ clientX, clientY }) {
    const box = find("walk-pad").getBoundingClientRect(), inside = box.width * (1 - 1 / ACROSS) / 2;
    return [(clientX - box.left - box.width / 2) / inside, (box.top + box.height / 2 - clientY) / inside];
  }

  /** Tells whether a finger is on the square, or beside it. */
  function onSquare(finger) {
    const [x, y] = under(finger);
    return Math.max(Math.abs(x - place.x), Math.abs(y - place.y)) < 3 / (ACROSS - 1);
  }

  function stroll(on) {
    strolling = on;
    find("walk-stroll").setAttribute("aria-pressed", on);
    let time = performance.now();
    const from = Math.atan2(place.y, place.x), begun = time;
    const frame = now => {
      if (!strolling) return;
      if (now - time > 30) {
        time = now;
        const angle = from + (now - begun) / 4000, far = 0.55 + 0.35 * Math.sin(angle * 1.7);
        go(far * Math.cos(angle), far * Math.sin(angle));
      }
      requestAnimationFrame(frame);
    };
    if (on) requestAnimationFrame(frame);
  }

  function start(given) {
    networks = given;
    canvases = Object.fromEntries(LESSONS.map(lesson => {
      const { parameters, noise, frechet } = networks[lesson];
      const canvas = PAGE.make("canvas", { width: 28, height: 28, className: "drawing" });
      canvas.setAttribute("role", "img");
      canvas.setAttribute("aria-label", say("walk.drawing", { lesson }));
      const facts = { parameters: parameters.toLocaleString("en").replaceAll(",", PAGE.language === "es" ? "\u00a0" : ","),
        noise, frechet: frechet.toFixed(2) };
      find("walk-drawings").append(PAGE.make("figure", {}, canvas, PAGE.make("figcaption", {},
        PAGE.make("b", { textContent: say("walk.lesson", { lesson }) }),
        PAGE.make("span", { textContent: say(`walk.${lesson}`) }),
        PAGE.make("small", { textContent: say("walk.facts", facts) }))));
      return [lesson, canvas];
    }));
    const along = name => PAGE.slider(find("walk-sliders"), {
      id: `walk-${name}`, name: say(`walk.${name}`), range: [-1, 1, 0.01], value: place[name],
      text: value => value.toFixed(2), onChange: value => { stroll(false); go(...(name === "x" ? [value, place.y] : [place.x, value])); },
    });
    sliders = { x: along("x"), y: along("y") };
    PAGE.radios(find("walk-map"), "walk-map", { 1: "1", 2: "2", 3: "3" }, String(mapped), value => {
      mapped = Number(value);
      mapAgain();
    });
    const pad = find("walk-pad");
    // A mouse drags from anywhere, a finger only the square: elsewhere it scrolls the page, or taps.
    let dragged = null;
    const walkTo = event => { stroll(false); go(...under(event)); };
    pad.addEventListener("pointerdown", event => {
      if (event.pointerType === "touch" && !onSquare(event)) return;
      dragged = event.pointerId;
      pad.setPointerCapture(dragged);
      walkTo(event);
    });
    pad.addEventListener("pointermove", event => { if (event.pointerId === dragged) walkTo(event); });
    for (const end of ["pointerup", "pointercancel"]) pad.addEventListener(end, () => { dragged = null; });
    pad.addEventListener("click", walkTo);
    pad.addEventListener("touchstart", event => {
      if (event.touches.length === 1 && onSquare(event.touches[0])) event.preventDefault();
    }, { passive: false });
    find("walk-stroll").addEventListener("click", () => stroll(!strolling));
    find("walk-plane").addEventListener("click", () => { seed += 1; choosePlane(); mapAgain(); });
    PAGE.redraws.push(show);
    choosePlane();
    mapAgain();
  }

  return { start, lessons: LESSONS };
})();
