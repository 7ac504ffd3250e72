// The few kinds of layers that the generators of the course are made of, forwards. toy.js has the backwards.
"use strict";

const NN = (() => {
  /** Returns the bytes that are packed in a text: base64 of raw deflate. */
  async function inflate(text) {
    const bytes = Uint8Array.from(atob(text), character => character.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
    return new Uint8Array(await new Response(stream).arrayBuffer());
  }

  /** Returns 16-bit floats, little endian, as a Float32Array. */
  function halves(bytes) {
    return Float32Array.from({ length: bytes.length / 2 }, (_, k) => {
      const half = bytes[2 * k] | (bytes[2 * k + 1] << 8);
      const exponent = (half >> 10) & 31, fraction = half & 1023;
      const size = exponent ? 2 ** (exponent - 15) * (1 + fraction / 1024) : 2 ** -14 * (fraction / 1024);
      return half >> 15 ? -size : size;
    });
  }

  /** Returns a network that `draw` draws with, from what weights.js holds of it. */
  async function unpack(packed) {
    const [matrices, vectors] = await Promise.all([inflate(packed.matrices), inflate(packed.vectors)]);
    const numbers = new Int8Array(matrices.buffer), floats = halves(vectors);
    let place = 0, at = 0;
    const take = count => floats.subarray(at, at += count);
    const layers = packed.layers.map(facts => {
      if (facts.kind === "norm") return { ...facts, factor: take(facts.size), shift: take(facts.size) };
      const columns = facts.kind === "dense" ? facts.outputs : facts.inputs;
      const matrix = new Float32Array(facts.inputs * facts.outputs * (facts.side ?? 1) ** 2);
      const scale = take(columns);
      for (let k = 0; k < matrix.length; k++) matrix[k] = numbers[place + k] * scale[k % columns];
      place += matrix.length;
      return { ...facts, matrix, bias: take(facts.outputs) };
    });
    return { ...packed, layers, matrices: null, vectors: null };
  }

  function dense(x, { inputs, outputs, matrix, bias }) {
    const y = Float64Array.from(bias);
    for (let i = 0; i < inputs; i++) {
      const value = x[i];
      if (value === 0) continue;  // behind a ReLU that is half of them
      for (let o = 0, k = i * outputs; o < outputs; o++, k++) y[o] += value * matrix[k];
    }
    return y;
  }

  /** The last axis is the channel, as in Keras: value k belongs to channel k % size. */
  function norm(x, { size, factor, shift }) {
    for (let k = 0; k < x.length; k++) x[k] = x[k] * factor[k % size] + shift[k % size];
    return x;
  }

  /** A transposed convolution with padding "same": every pixel stamps the kernel, `stride` apart. */
  function upconv(x, { inputs, outputs, side, stride, matrix, bias }) {
    const width = Math.sqrt(x.length / inputs), wide = width * stride, before = Math.max(side - stride, 0) >> 1;
    const y = new Float64Array(wide * wide * outputs);
    for (let k = 0; k < y.length; k++) y[k] = bias[k % outputs];
    for (let row = 0; row < width; row++) for (let column = 0; column < width; column++) {
      const from = (row * width + column) * inputs;
      for (let dy = 0; dy < side; dy++) {
        const top = row * stride + dy - before;
        if (top < 0 || top >= wide) continue;
        for (let dx = 0; dx < side; dx++) {
          const left = column * stride + dx - before;
          if (left < 0 || left >= wide) continue;
          let k = (dy * side + dx) * outputs * inputs;
          for (let o = 0, to = (top * wide + left) * outputs; o < outputs; o++, to++) {
            let sum = 0;
            for (let i = 0; i < inputs; i++, k++) sum += x[from + i] * matrix[k];
            y[to] += sum;
          }
        }
      }
    }
    return y;
  }

  function activate(x, { activation, slope }) {
    if (activation === "relu") for (let k = 0; k < x.length; k++) x[k] = Math.max(x[k], 0);
    if (activation === "leaky") for (let k = 0; k < x.length; k++) if (x[k] < 0) x[k] *= slope;
    if (activation === "tanh") for (let k = 0; k < x.length; k++) x[k] = Math.tanh(x[k]);
    return x;
  }

  const KINDS = { dense, norm, upconv };

  /** Returns the image, 784 numbers in [-1, 1], that a network draws from an array with its noise (and labels). */
  function draw(network, noise) {
    let x = noise;
    for (const layer of network.layers) x = activate(KINDS[layer.kind](x, layer), layer);
    return x;
  }

  return { unpack, draw };
})();
