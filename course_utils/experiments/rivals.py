"""The networks of the experiment of lesson 4: two rivals, and those in between that change one thing at a time."""

from __future__ import annotations

from course_utils.language import L

LATENT_DIM = 50
BATCH_SIZE = 128
STEPS_PER_EPOCH = 60_000 // BATCH_SIZE
RATE, BETA_1 = 2e-4, 0.5

CHATGPT = {"norm": False, "dropout": 0.0, "kernels": (3, 3), "direct": False, "base": 64, "d_filters": 32}
HANDMADE = {"norm": True, "dropout": 0.4, "kernels": (4, 5), "direct": True, "base": 128, "d_filters": 64}

# From the assistant's network to the handmade one, one change at a time: each has those of the ones before it too.
LADDER = {
    "chatgpt": CHATGPT,
    "norm": CHATGPT | {"norm": True},
    "dropout": CHATGPT | {"norm": True, "dropout": 0.4},
    "kernels": CHATGPT | {"norm": True, "dropout": 0.4, "kernels": (4, 5)},
    "direct": CHATGPT | {"norm": True, "dropout": 0.4, "kernels": (4, 5), "direct": True},
    "handmade": HANDMADE,
}

# Steps after which the experiment measures a training: a quarter and a half of the first epoch, and then whole epochs.
ALL_MOMENTS = (
    STEPS_PER_EPOCH // 4,
    STEPS_PER_EPOCH // 2,
    *(epoch * STEPS_PER_EPOCH for epoch in (1, 2, 3, 5, 7, 10, 15, 20, 25, 30)),
)
# A learner's own runs, with `full`, end at epoch 20: ten runs of 30 would be too long a wait on a modest GPU.
MOMENTS = ALL_MOMENTS[:10]


def make_networks(norm, dropout, kernels, direct, base, d_filters):
    """Return a generator and a discriminator of the family that both rivals of lesson 4 belong to.

    The generator takes noise (n, 50) to images (n, 28, 28, 1) in [-1, 1], the discriminator images to logits (n, 1).

    Args:
        norm: batch normalization before each transposed convolution.
        dropout: share in [0, 1) of values that the discriminator switches off after each convolution.
        kernels: sizes of the generator's transposed convolutions, and of the discriminator's first convolution.
        direct: whether the second transposed convolution draws the image itself; else a convolution does, after it.
        base: channels at 7×7.
        d_filters: of the discriminator's first convolution.
    """
    import keras
    from keras import layers

    g_kernel, d_kernel = kernels
    generator = keras.Sequential([keras.Input((LATENT_DIM,))], name="generator")
    generator.add(layers.Dense(7 * 7 * base))
    generator.add(layers.LeakyReLU(negative_slope=0.2))
    generator.add(layers.Reshape((7, 7, base)))
    if norm:
        generator.add(layers.BatchNormalization())
    generator.add(layers.Conv2DTranspose(64, g_kernel, strides=2, padding="same"))
    generator.add(layers.LeakyReLU(negative_slope=0.2))
    if norm:
        generator.add(layers.BatchNormalization())
    if direct:
        generator.add(layers.Conv2DTranspose(1, g_kernel, strides=2, padding="same", activation="tanh"))
    else:
        generator.add(layers.Conv2DTranspose(32, g_kernel, strides=2, padding="same"))
        generator.add(layers.LeakyReLU(negative_slope=0.2))
        generator.add(layers.Conv2D(1, 3, padding="same", activation="tanh"))

    discriminator = keras.Sequential([keras.Input((28, 28, 1))], name="discriminator")
    for filters, kernel in ((d_filters, d_kernel), (64, 3)):
        discriminator.add(layers.Conv2D(filters, kernel, strides=2, padding="same"))
        discriminator.add(layers.LeakyReLU(negative_slope=0.2))
        if dropout:
            discriminator.add(layers.Dropout(dropout))
    discriminator.add(layers.Flatten())
    discriminator.add(layers.Dense(1))
    return generator, discriminator


def title_of(network: str) -> str:
    """Return a network of the ladder as a learner knows it; other names stay as they are."""
    return {
        "chatgpt": "ChatGPT",
        "norm": L("1 · con BN", "1 · with BN"),
        "dropout": L("2 · con dropout", "2 · with dropout"),
        "kernels": L("3 · con otros núcleos", "3 · with other kernels"),
        "direct": L("4 · sin la última convolución", "4 · without the last convolution"),
        "handmade": L("hecha a mano", "handmade"),
    }.get(network, network)
