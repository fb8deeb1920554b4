"""One router per noun; ``ROUTERS`` in the order of the API's table of contents."""

from tokenloom.server.routes import (
    commands,
    evaluations,
    exports,
    generate,
    keeping,
    models,
    recipes,
    runs,
    system,
    watch,
)
from tokenloom.server.routes.data import (
    corpus,
    datasets,
    history,
    inspection,
    lab,
    preview,
    refining,
    rows,
    splits,
    tokenizers,
    uploads,
)

ROUTERS = tuple(
    module.router
    for module in (
        system,
        recipes,
        uploads,
        preview,
        datasets,
        rows,
        inspection,
        corpus,
        splits,
        history,
        refining,
        tokenizers,
        lab,
        runs,
        commands,
        watch,
        models,
        evaluations,
        exports,
        generate,
        keeping,
    )
)
