// Lesson 1's game with points, forwards and backwards: two small networks, Adam, and the three shapes to imitate.
"use strict";

const TOY = (() => {
  const SIZES = { generator: [2, 64, 64, 2], discriminator: [2, 64, 64, 1] };
  const BATCH = 256;

  // --- A network of dense layers with ReLU between them. The last layer answers with numbers as they come.

  function network(sizes, random) {
    return sizes.slice(1).map((outputs, k) => {
      const inputs = sizes[k], limit = Math.sqrt(6 / (inputs + outputs));  // Glorot's, as in Keras
      return layer(inputs, outputs, Float64Array.from({ length: inputs * outputs },
        () => (2 * random.uniform() - 1) * limit), new Float64Array(outputs));
    });
  }

  function layer(inputs, outputs, matrix, bias) {
    const zeros = like => new Float64Array(like.length);
    return {
      inputs, outputs, matrix, bias,
      gradients: [zeros(matrix), zeros(bias)], mean: [zeros(matrix), zeros(bias)], square: [zeros(matrix), zeros(bias)],
    };
  }

  /** Returns what each layer answers to points, (count × inputs) one after the other, beginning with the points. */
  function forward(layers, points) {
    const answers = [points], count = points.length / layers[0].inputs;
    layers.forEach(({ inputs, outputs, matrix, bias }, k) => {
      const x = answers[k], y = new Float64Array(count * outputs), last = k === layers.length - 1;
      const sums = new Float64Array(outputs);
      for (let n = 0; n < count; n++) {
        sums.set(bias);
        for (let i = 0; i < inputs; i++) {
          const value = x[n * inputs + i];
          if (value === 0) continue;  // behind a ReLU about half of them
          for (let o = 0, w = i * outputs; o < outputs; o++, w++) sums[o] += value * matrix[w];
        }
        if (!last) for (let o = 0; o < outputs; o++) if (sums[o] < 0) sums[o] = 0;
        y.set(sums, n * outputs);
      }
      answers.push(y);
    });
    return answers;
  }

  /** Goes back from the loss's slopes at the answers to those at the points; with `learn`, also at the weights. */
  function backward(layers, answers, slopes, learn) {
    for (let k = layers.length - 1; k >= 0; k--) {
      const { inputs, outputs, matrix, gradients: [onMatrix, onBias] } = layers[k];
      const x = answers[k], count = x.length / inputs, back = new Float64Array(x.length);
      if (learn) { onMatrix.fill(0); onBias.fill(0); }
      for (let n = 0; n < count; n++) {
        const slope = slopes.subarray(n * outputs, (n + 1) * outputs);
        if (learn) for (let o = 0; o < outputs; o++) onBias[o] += slope[o];
        for (let i = 0; i < inputs; i++) {
          const value = x[n * inputs + i];
          if (k > 0 && value === 0) continue;  // its ReLU is closed
          let sum = 0;
          if (learn) for (let o = 0, w = i * outputs; o < outputs; o++, w++) {
            sum += slope[o] * matrix[w];
            onMatrix[w] += slope[o] * value;
          }
          else for (let o = 0, w = i * outputs; o < outputs; o++, w++) sum += slope[o] * matrix[w];
          back[n * inputs + i] = sum;
        }
      }
      slopes = back;
    }
    return slopes;
  }

  /** One step of Adam with a beta_1 of 0.5, as in the lesson. `time` counts the network's updates from 1. */
  function adam(layers, rate, time, beta1 = 0.5, beta2 = 0.999, epsilon = 1e-7) {
    // Keras rounds the rate and this beta_2 to 32 bits, whatever it computes with.
    const step = Math.fround(rate) * Math.sqrt(1 - Math.fround(beta2) ** time) / (1 - beta1 ** time);
    for (const { matrix, bias, gradients, mean, square } of layers) [matrix, bias].forEach((weights, part) => {
      const g = gradients[part], m = mean[part], v = square[part];
      for (let k = 0; k < weights.length; k++) {
        m[k] += (g[k] - m[k]) * (1 - beta1);
        v[k] += (g[k] * g[k] - v[k]) * (1 - beta2);
        weights[k] -= step * m[k] / (Math.sqrt(v[k]) + epsilon);
      }
    });
  }

  const sigmoid = x => 1 / (1 + Math.exp(-x));
  const softplus = x => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));

  /** Returns the mean cross-entropy of D's answers, before the sigmoid, with a label, and its slopes at them. */
  function crossEntropy(answers, label) {
    const slopes = new Float64Array(answers.length);
    let loss = 0;
    answers.forEach((x, k) => {
      loss += (softplus(x) - label * x) / answers.length;
      slopes[k] = (sigmoid(x) - label) / answers.length;
    });
    return { loss, slopes };
  }

  // --- The game

  function newGame(seed) {
    const random = randomFrom(seed);
    return {
      random, step: 0, dTime: 0, gTime: 0,
      generator: network(SIZES.generator, random), discriminator: network(SIZES.discriminator, random),
    };
  }

  function dLearns(game, points, label, rate) {
    const answers = forward(game.discriminator, points), { loss, slopes } = crossEntropy(answers.at(-1), label);
    backward(game.discriminator, answers, slopes, true);
    adam(game.discriminator, rate, ++game.dTime);
    return loss;
  }

  function gLearns(game, noise, rate, blur) {
    const drawn = forward(game.generator, noise);
    const answers = forward(game.discriminator, blur(drawn.at(-1)));
    const { loss, slopes } = crossEntropy(answers.at(-1), 1);
    backward(game.generator, drawn, backward(game.discriminator, answers, slopes, false), true);
    adam(game.generator, rate, ++game.gTime);
    return loss;
  }

  /** Makes a step of the game as lesson 1 does: D's turn, on real points and on G's, and then G's turn.
   *
   * Rates are thousandths; `turns` is how many turns D has for each of G's; `noise` is the standard deviation of what
   * is added to whatever D sees; `label` is what D is told of real points. `batch` may bring the points and noises of
   * the step; otherwise they are drawn.
   */
  function step(game, settings, batch = {}) {
    const { random } = game, { dRate, gRate, turns = 1, noise = 0, label = 1 } = settings;
    const blur = points => noise ? points.map(x => x + noise * random.normal()) : points;
    let onReal, onFake;
    for (let turn = 0; turn < turns; turn++) {
      const real = batch.real ?? realPoints(settings.data, BATCH, random);
      const fake = forward(game.generator, batch.dNoise ?? random.normals(2 * BATCH)).at(-1);
      onReal = dLearns(game, blur(real), label, dRate / 1000);
      onFake = dLearns(game, blur(fake), 0, dRate / 1000);
    }
    const gLoss = gLearns(game, batch.gNoise ?? random.normals(2 * BATCH), gRate / 1000, blur);
    game.step += 1;
    return { dLoss: (onReal + onFake) / 2, gLoss };
  }

  const draw = (game, noise) => forward(game.generator, noise).at(-1);
  const opinion = (game, points) => forward(game.discriminator, points).at(-1).map(sigmoid);

  // --- What there is to imitate. Each shape has parts of equal size; a point is `where` in its part or nowhere near.

  const RADIUS = 0.7, WIDTH = 0.03, NEAR = 0.2, FAIR_SHARE = 0.2, TURN = 2 * Math.PI;
  const part = (angle, parts) => Math.min(Math.floor((angle / TURN % 1 + 1) % 1 * parts), parts - 1);
  const MOON = 0.5, MOONS = [{ x: -0.25, y: -0.125, up: 1 }, { x: 0.25, y: 0.125, up: -1 }];

  const SHAPES = {
    ring: {
      parts: 24,
      draw(random) {
        const angle = TURN * random.uniform(), radius = RADIUS + WIDTH * random.normal();
        return [radius * Math.cos(angle), radius * Math.sin(angle)];
      },
      nearest: (x, y) => ({ distance: Math.abs(Math.hypot(x, y) - RADIUS), part: part(Math.atan2(y, x), 24) }),
    },
    clusters: {
      parts: 8,
      draw(random) {
        const angle = TURN * Math.floor(8 * random.uniform()) / 8;
        return [RADIUS * Math.cos(angle) + WIDTH * random.normal(), RADIUS * Math.sin(angle) + WIDTH * random.normal()];
      },
      nearest(x, y) {
        const which = part(Math.atan2(y, x) + TURN / 16, 8), angle = TURN * which / 8;
        return { distance: Math.hypot(x - RADIUS * Math.cos(angle), y - RADIUS * Math.sin(angle)), part: which };
      },
    },
    moons: {
      parts: 24,
      draw(random) {
        const moon = MOONS[Math.floor(2 * random.uniform())], angle = Math.PI * random.uniform();
        const radius = MOON + WIDTH * random.normal();
        return [moon.x + radius * Math.cos(angle), moon.y + moon.up * radius * Math.sin(angle)];
      },
      nearest(x, y) {
        const found = MOONS.map((moon, which) => {
          const dx = x - moon.x, dy = (y - moon.y) * moon.up, angle = dy >= 0 ? Math.atan2(dy, dx) : dx > 0 ? 0 : Math.PI;
          const distance = dy >= 0 ? Math.abs(Math.hypot(dx, dy) - MOON) : Math.hypot(Math.abs(dx) - MOON, dy);
          return { distance, part: 12 * which + Math.min(Math.floor(angle / Math.PI * 12), 11) };
        });
        return found[0].distance < found[1].distance ? found[0] : found[1];
      },
    },
  };

  /** Returns count points of a shape, x and y one after the other. */
  function realPoints(shape, count, random) {
    const points = new Float64Array(2 * count);
    for (let n = 0; n < count; n++) points.set(SHAPES[shape].draw(random), 2 * n);
    return points;
  }

  /** Returns lesson 1's measures: the mean distance from the shape, and the share of its parts that are covered.
   *
   * A part is covered if it has, less than 0.2 away, a fifth of the points that it would have if all had as many.
   */
  function measures(shape, points) {
    const { parts, nearest } = SHAPES[shape], counts = new Array(parts).fill(0), count = points.length / 2;
    let sum = 0;
    for (let n = 0; n < count; n++) {
      const { distance, part } = nearest(points[2 * n], points[2 * n + 1]);
      sum += distance;
      if (distance < NEAR) counts[part] += 1;
    }
    const covered = counts.filter(held => held >= FAIR_SHARE * count / parts).length;
    return { distance: sum / count, covered, parts };
  }

  return { newGame, layer, step, draw, opinion, realPoints, measures, SHAPES, BATCH };
})();
