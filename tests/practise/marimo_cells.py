"""A marimo notebook with a Value whose + assigns where it should add, for ``marimo.sh``."""

import marimo

app = marimo.App()


@app.cell
def _():
    import inspect

    from micrograd.practise import check, lecture

    source = inspect.getsource(lecture).replace("+= out.grad\n", "= out.grad\n")
    names = {"__name__": "mygrad"}
    exec(source, names)
    check(names["Value"])


if __name__ == "__main__":
    app.run()
