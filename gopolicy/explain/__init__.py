"""What a policy network has learned: its sizes, what activates its filters, what moved the probability of a move.

    layer_sizes              the size arithmetic of every layer
    activations              outputs of layers and filters
    patterns                 the real positions that activate filters most; go_shapes, pattern_statistics: in words
    activation_maximization  the inputs that activate filters or output points most; soft_planes: what is optimized
    deep_dream               the stones that a layer would add to a position
    integrated_gradients     which points and planes moved the probability of a move; attribution: its numbers
    drawing                  sheets of Go diagrams; color_scales;  reliability_diagram  whether percents come true
    lesson                   the lecture on convolutional networks, repeated on Go

Layers count from 1, as in the paper: layer 0 would be the planes, and the layer after the last hidden one is the
output.  Filters count from 0, as in the arrays of weights.
"""
