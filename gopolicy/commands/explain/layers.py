"""Print the size arithmetic of a network, layer by layer.

Input W x W x D, K filters of F x F, padding P, stride S: the output has (W - F + 2 P) / S + 1 points a side,
and the layer F * F * D * K weights and K biases, whatever the size of the board.  Beside it stands what a fully
connected layer from the same input to as many outputs would need.
"""

import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def run(args: argparse.Namespace) -> int:
    """Print the table."""
    import json
    from dataclasses import asdict

    from gopolicy.explain.layer_sizes import layer_sizes
    from gopolicy.nn.model_file import load_model
    from gopolicy.policy.policy import find_model

    path = find_model(args.model)
    sizes = layer_sizes(load_model(path)[0])
    total, connected = sum(size.parameters for size in sizes), sum(size.connected for size in sizes)
    if args.json:
        rows = [
            {**asdict(size), "output": size.output, "parameters": size.parameters, "connected": size.connected}
            for size in sizes
        ]
        print(json.dumps({"model": str(path), "layers": rows, "parameters": total, "connected": connected}))
        return 0
    print(f"{path}\n")
    print(
        f"{'layer':>5}  {'input':<11}{'filters':<13}{'P':>2}{'S':>3}  {'output side':<22}"
        f"{'field':>6}{'weights + biases':>19}{'parameters':>12}{'fully connected':>18}"
    )
    for size in sizes:
        side = f"({size.side} - {size.kernel} + {2 * size.padding}) / {size.stride} + 1 = {size.output}"
        print(
            f"{size.number:>5}  {f'{size.side}x{size.side}x{size.depth}':<11}"
            f"{f'{size.filters} of {size.kernel}x{size.kernel}':<13}{size.padding:>2}{size.stride:>3}  {side:<22}"
            f"{f'{size.field}x{size.field}':>6}{f'{size.weights:,} + {size.biases}':>19}"
            f"{size.parameters:>12,}{size.connected:>18,}"
        )
    print(f"\n{'all':>5}{'':67}{total:>23,}{connected:>18,}")
    print(
        f"Shared weights and small filters: {connected / total:,.0f} times fewer parameters.  "
        "The output layer has a bias for each point."
    )
    return 0
