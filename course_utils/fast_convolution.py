"""Compute wide convolutions on small images faster on a CPU, as products of Fourier transforms. Lessons 3 and 7 use it.

A convolution is a product after a discrete Fourier transform (the convolution theorem). On images of 7×7 pixels with
kernels of 5×5 this takes less than a quarter of the multiplications. Everything is written as matrix products, which
CPUs do best and TensorFlow differentiates. Sources: Mathieu, Henaff and LeCun, "Fast Training of Convolutional Networks
through FFTs", 2013, arXiv:1312.5851; the three real products for a complex one are Gauss's.

A layer with stride 2 is turned into one with stride 1 first: the pixels of each 2×2 square become four channels.
"""

from __future__ import annotations

import functools
import itertools

import keras
import numpy as np
import tensorflow as tf

KERNEL = 5
LARGEST = 8  # pixels a side, after a stride of 2; for larger images the transforms cost more than they save
NARROWEST = 64  # channels; with fewer, too


def faster(model):
    """Return the model with its convolutions computed faster wherever it is part of a `tf.function`.

    What it computes stays the same but for rounding: about 1e-6 of the largest value. Only `Conv2D` and
    `Conv2DTranspose` layers that gain from it are replaced, by a `FastConv2D` or `FastConv2DTranspose` with the same
    name and weights: on a CPU, with float32, 5×5 kernels, "same" padding, stride 1 or 2, at least 64 channels before
    and after, and at most 8×8 pixels (16×16 on the larger side of a stride of 2). Where none does, the model itself
    comes back.

    Args:
        model: a built keras.Sequential. Use what is returned in its place: they share the other layers.
    """
    return _with_layers(model, {layer.name: FAST[type(layer)] for layer in model.layers if _gains(layer)})


def plain(model):
    """Return a model from `faster` with Keras's own layers again: saved like this, it opens without this course."""
    slow = {fast: layer for layer, fast in FAST.items()}
    return _with_layers(model, {layer.name: slow[type(layer)] for layer in model.layers if type(layer) in slow})


class FastConv2D(keras.layers.Conv2D):
    """A `Conv2D` that is computed by `convolve` when it is part of a graph."""

    def call(self, inputs):
        return super().call(inputs) if tf.executing_eagerly() else _fast(self, inputs)


class FastConv2DTranspose(keras.layers.Conv2DTranspose):
    """A `Conv2DTranspose` that is computed by `convolve` when it is part of a graph."""

    def call(self, inputs):
        return super().call(inputs) if tf.executing_eagerly() else _fast(self, inputs, transposed=True)


FAST = {keras.layers.Conv2D: FastConv2D, keras.layers.Conv2DTranspose: FastConv2DTranspose}


def convolve(images, kernel, stride: int = 1, transposed: bool = False):
    """Return a convolution with "same" padding, as a Keras layer computes it, without bias and activation.

    Args:
        images: tensor (n, size, size, channels in), float32; with stride 2 and not transposed, `size` is even.
        kernel: tensor (5, 5, channels in, channels out); transposed: (5, 5, channels out, channels in).
        stride: 1 or 2.
        transposed: compute the transposed convolution, whose result is `stride` times as large.

    Returns:
        tensor (n, height, width, channels out).
    """
    if transposed:
        kernel = tf.transpose(kernel, (0, 1, 3, 2))
    channels_in, channels_out = kernel.shape[2:]
    if stride == 1:
        taps = tf.reshape(kernel, (KERNEL**2, channels_in, channels_out))
        return _product_of_transforms(images, taps, (KERNEL - 1) // 2, transposed)
    # With a row and a column of zeros before it the kernel has 3×3 squares of 2×2 taps, one for each of four channels.
    squares = tf.reshape(tf.pad(kernel, ((1, 0), (1, 0), (0, 0), (0, 0))), (3, 2, 3, 2, channels_in, channels_out))
    if transposed:
        taps = tf.reshape(tf.transpose(squares, (0, 2, 4, 1, 3, 5)), (9, channels_in, 4 * channels_out))
        return tf.nn.depth_to_space(_product_of_transforms(images, taps, 1, transposed), 2)
    taps = tf.reshape(tf.transpose(squares, (0, 2, 1, 3, 4, 5)), (9, 4 * channels_in, channels_out))
    return _product_of_transforms(tf.nn.space_to_depth(images, 2), taps, 1, transposed)


def _product_of_transforms(images, taps, reach: int, flipped: bool):
    """Return the convolution of images (n, size, size, c) with taps ((2 reach + 1)², c, d): (n, size, size, d)."""
    size, (_, c, d) = images.shape[1], taps.shape
    of_images, of_taps, back = _transforms(size, reach, flipped)
    pixels = tf.transpose(tf.reshape(images, (-1, size**2, c)), (1, 0, 2))
    # Frequencies come first from here on: each is one product of matrices, (n, c) by (c, d).
    frequencies = tf.reshape(of_images @ tf.reshape(pixels, (size**2, -1)), (len(of_images), -1, c))
    products = frequencies @ tf.reshape(of_taps @ tf.reshape(taps, (-1, c * d)), (len(of_images), c, d))
    pixels = tf.reshape(back @ tf.reshape(products, (len(of_images), -1)), (size**2, -1, d))
    return tf.reshape(tf.transpose(pixels, (1, 0, 2)), (-1, size, size, d))


@functools.cache
def _transforms(size: int, reach: int, flipped: bool) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the matrices that take pixels and taps to frequencies, and the products there back to pixels.

    Of the frequencies of real numbers one half mirrors the other. Each of the rest is a complex number in three rows:
    of (a + ib)(c + id) the real part is (a + b) c less b (c + d), the imaginary part (a + b) c plus a (d - c).
    """
    length = size + reach  # what runs over one edge comes in at the other, and falls onto `reach` zeros
    offsets = range(reach, -reach - 1, -1) if flipped else range(-reach, reach + 1)
    places = np.array(list(itertools.product(range(size), repeat=2)))
    taps = np.array(list(itertools.product(offsets, repeat=2)))
    of_images, of_taps, back = [], [], []
    for frequency in itertools.product(range(length), repeat=2):
        mirror = tuple(-k % length for k in frequency)
        if mirror < frequency:
            continue
        angles, tap_angles = (2 * np.pi / length * (where @ frequency) for where in (places, taps))
        a, b, c, d = np.cos(angles), -np.sin(angles), np.cos(tap_angles), np.sin(tap_angles)
        if mirror == frequency:
            of_images, of_taps, back = [*of_images, a], [*of_taps, c], [*back, a]
        else:
            of_images += [a + b, a, b]
            of_taps += [c, d - c, c + d]
            back += [2 * (a + b), 2 * b, -2 * a]
    return tuple(np.asarray(m, "float32") for m in (of_images, of_taps, np.transpose(back) / length**2))


def _gains(layer) -> bool:
    if type(layer) not in FAST or not layer.built or tf.config.list_physical_devices("GPU"):
        return False
    transposed = isinstance(layer, keras.layers.Conv2DTranspose)
    _, height, width, channels = layer.input.shape
    stride = layer.strides[0]
    size = height if transposed or not height else height // stride
    plain = {"kernel_size": (KERNEL, KERNEL), "padding": "same", "dilation_rate": (1, 1), "groups": 1}
    plain |= {"data_format": "channels_last", "output_padding": None, "compute_dtype": "float32"}
    return (
        all(getattr(layer, name, value) == value for name, value in plain.items())
        and layer.strides in ((1, 1), (2, 2))
        and height == width
        and height is not None
        and (transposed or height % stride == 0)
        and size <= LARGEST
        and min(channels, layer.filters) >= NARROWEST
    )


def _with_layers(model, kinds: dict[str, type]):
    """Return the model with the layers of these names made anew, as layers of these classes with the same weights."""
    if not kinds:
        return model
    stack = [keras.Input(model.input_shape[1:])]
    for layer in model.layers:
        if layer.name in kinds:
            old, layer = layer, kinds[layer.name].from_config(layer.get_config())
            layer.build(old.input.shape)
            layer.set_weights(old.get_weights())
        stack.append(layer)
    return keras.Sequential(stack, name=model.name)


def _fast(layer, inputs, transposed: bool = False):
    outputs = convolve(inputs, tf.convert_to_tensor(layer.kernel), layer.strides[0], transposed)
    if layer.use_bias:
        outputs += layer.bias
    return outputs if layer.activation is None else layer.activation(outputs)
