// Random numbers that begin alike for the same seed: mulberry32, and normal ones by Box and Muller.
"use strict";

function randomFrom(seed) {
  let state = (seed * 2654435761) >>> 0;
  function uniform() {
    state = (state + 0x6D2B79F5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  }
  const normal = () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
  const normals = count => Float64Array.from({ length: count }, normal);
  return { uniform, normal, normals };
}
