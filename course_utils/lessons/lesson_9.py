"""The code of lesson 9 that others use: `make build` writes it from the cells tagged `export`. Edit it in
notebooks/source/09_one_machine_to_many.py; § names the section of the lesson that explains it.
"""

import json

import keras
import numpy as np
import tensorflow as tf

from course_utils import checkpoints, data
from course_utils.lessons.lesson_3 import make_discriminator, make_generator

# Lesson 9, § Two halves make a batch
BATCH, LATENT = 64, 8


# Lesson 9, § Exercise 2: the mean, by hand
def average(gradients):
    return [tf.add_n(same) / len(same) for same in zip(*gradients, strict=True)]


# Lesson 9, § Divided by what?
summed = keras.losses.BinaryCrossentropy(from_logits=True, reduction="sum")


# Lesson 9, § Exercise 3: the loss of a replica
def my_losses(real_logits, fake_logits):
    real, fake = tf.ones_like(real_logits), tf.zeros_like(fake_logits)
    d_loss = (summed(real, real_logits) + summed(fake, fake_logits)) / BATCH
    g_loss = summed(real, fake_logits) / BATCH
    return d_loss, g_loss


# Lesson 9, § To each replica its own noise
def my_share(batch, replica, replicas):
    size = len(batch) // replicas
    return batch[replica * size : (replica + 1) * size]


# Lesson 9, § Exercise 5: the noise of a replica
def my_noise(step, replica, replicas):
    noise = tf.random.stateless_normal((BATCH, LATENT), seed=[7, step])
    return my_share(noise, replica, replicas)


# Lesson 9, § The step, shared out
def make_state(strategy, make_optimizer, synchronized=True, settings=None):
    keras.utils.set_random_seed(42)
    with strategy.scope():
        generator = make_generator(LATENT, base=32, filters=(32, 32), momentum=0.9)
        discriminator = make_discriminator((32, 48), dropout=0.0)
        g_optimizer, d_optimizer = make_optimizer(), make_optimizer()
        g_optimizer.build(generator.trainable_variables)
        d_optimizer.build(discriminator.trainable_variables)
    for layer in generator.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.synchronized = synchronized
    return tf.train.Checkpoint(
        generator=generator,
        discriminator=discriminator,
        g_optimizer=g_optimizer,
        d_optimizer=d_optimizer,
        step=tf.Variable(0, dtype=tf.int64),
        history=tf.Variable(np.zeros((0, 2), "float32"), shape=(None, 2)),
        settings=tf.Variable(json.dumps(settings or {}, sort_keys=True)),
    )


# Lesson 9, § The step, shared out
def make_step(strategy, state):
    generator, discriminator = state.generator, state.discriminator
    replicas = strategy.num_replicas_in_sync

    def on_each_replica(real_images, step):
        replica = tf.distribute.get_replica_context().replica_id_in_sync_group
        noise = my_noise(step, replica, replicas)
        with tf.GradientTape() as g_tape, tf.GradientTape() as d_tape:
            fake_images = generator(noise, training=True)
            real_logits = discriminator(my_share(real_images, replica, replicas), training=True)
            fake_logits = discriminator(fake_images, training=True)
            d_loss, g_loss = my_losses(real_logits, fake_logits)
        g_gradients = g_tape.gradient(g_loss, generator.trainable_variables)
        d_gradients = d_tape.gradient(d_loss, discriminator.trainable_variables)
        state.g_optimizer.apply(g_gradients, generator.trainable_variables)
        state.d_optimizer.apply(d_gradients, discriminator.trainable_variables)
        return d_loss, g_loss

    @tf.function
    def train_step(real_images):
        losses = strategy.run(on_each_replica, (real_images, state.step))
        state.step.assign_add(1)
        return [strategy.reduce("SUM", loss, axis=None) for loss in losses]

    return train_step


# Lesson 9, § Exercise 6: what will the other do?
def train(state, train_step, images, steps, folder, save_every, chief, tell):
    first, curves = int(state.step), state.history.numpy().tolist()
    manager = checkpoints.make_manager(state, folder) if chief else None
    for real_images in data.make_batches(images, BATCH, start=first).take(max(0, steps - first)):
        curves.append([float(loss) for loss in train_step(real_images)])
        if len(curves) % save_every == 0 or len(curves) == steps:
            state.history.assign(curves)
            if chief:
                checkpoints.save(manager)
        tell(step=len(curves), d_loss=curves[-1][0], g_loss=curves[-1][1])
