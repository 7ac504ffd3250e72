"""The environment of every learner's server on The Littlest JupyterHub.

install.sh puts this file into /opt/tljh/config/jupyterhub_config.d, from where the hub loads it when it starts.
"""

c = get_config()  # noqa: F821 (the hub provides it)

c.Spawner.environment = {
    # A lesson within ten minutes of computing on two cores.
    "COURSE_BUDGET": "workshop",
    # MNIST and Fashion-MNIST, read by all, written by nobody.
    "COURSE_DATA": "/srv/course-data",
    # TensorFlow counts the cores of the machine, not those of the limit: it would start a thread for each.
    "TF_NUM_INTRAOP_THREADS": "2",
    "TF_NUM_INTEROP_THREADS": "2",
    "OMP_NUM_THREADS": "2",
}
