"""What is said about known mistakes in looking into ConvNets: title, hint, what to reread."""

from ...diagnosis.catalogue import catalogue

DEAD = "the lecture on activations and dead filters"
GRID = "the lecture on filter weights"
FIELD = "Araujo et al. 2019, Computing Receptive Fields of Convolutional Neural Networks (Distill)"
PATCH = "the lecture on maximal activation; Zeiler & Fergus 2014"
PERPLEXITY = "van der Maaten & Hinton 2008, section 2 (equation 1 and the perplexity)"
JOINT = "van der Maaten & Hinton 2008, section 3.1 (symmetric affinities)"
TSNE = "van der Maaten & Hinton 2008, section 3.3 (equations 4 and 5)"

CATALOGUE = catalogue(
    {
        ("dead_filters",): {
            "dead_one_image": (
                "Only the first image is looked at",
                "A filter may be silent on one image and speak on the next. How many inputs "
                "have to agree?",
                DEAD,
            ),
            "dead_some_image": (
                "A filter silent on one image is called dead",
                "Is it enough that some image leaves the filter silent, or must all of them?",
                DEAD,
            ),
            "dead_channels_first": (
                "The maps are read with channels first",
                "Keras' maps are (N, H, W, F). Over which axes do you look, and which one is left?",
                DEAD,
            ),
            "dead_not_positive": (
                "Negative values are taken for dead",
                "A negative value is a response as well, where there is no ReLU. What exactly "
                "does dead mean here?",
                DEAD,
            ),
            "dead_almost_zero": (
                "Tiny values are taken for 0",
                "Small is not zero: the gradient of a weakly active ReLU unit is not 0. What "
                "exactly does dead mean here?",
                DEAD,
            ),
            "dead_mean": (
                "A mean close to 0 is taken for dead",
                "Positive and negative values can cancel. Which property has a map that is 0 "
                "everywhere, and no other?",
                DEAD,
            ),
            "dead_sum": (
                "A sum of 0 is taken for dead",
                "Positive and negative values can cancel. Which property has a map that is 0 "
                "everywhere, and no other?",
                DEAD,
            ),
            "dead_sum_of_squares": (
                "The squares of tiny values vanish",
                "The square of 1e-200 is 0 in floating point. Ask about the values themselves.",
                DEAD,
            ),
            "dead_alive_instead": (
                "The filters that live are marked",
                "True should mark the dead ones. Try an input of zeros.",
                DEAD,
            ),
            "dead_indices": (
                "Indices are returned, not one bool per filter",
                "Asked for is one answer per filter, True or False, also for those that live.",
                DEAD,
            ),
            "dead_mostly": (
                "Filters that are silent most of the time are called dead",
                "Silent most of the time is sparse, not dead. How many positions may be "
                "different from 0?",
                DEAD,
            ),
        },
        ("filter_grid",): {
            "grid_one_row": (
                "All filters stand in one row",
                "How many columns does the task ask for, given the number of filters?",
                GRID,
            ),
            "grid_floor": (
                "The number of columns is rounded down",
                "With 10 filters the root is 3.16. Do three columns give the grid that the task"
                " describes?",
                GRID,
            ),
            "grid_square": (
                "The grid is always square",
                "With 7 filters in 3 columns, how many rows are needed? Is a last, empty row "
                "part of the picture?",
                GRID,
            ),
            "grid_fixed_padding": (
                "The padding given is ignored",
                "The gap is an argument; it may be 0 or 3.",
                GRID,
            ),
            "grid_outer_border": (
                "The grid has a border around it",
                "Gaps lie between tiles. How many gaps are there between three tiles?",
                GRID,
            ),
            "grid_black_gaps": (
                "Gaps are black, not white",
                "Which value do gaps and empty tiles have, in a picture from 0 to 1?",
                GRID,
            ),
            "grid_first_axis": (
                "Filters are cut out of the memory as it lies: reshape does not move axes",
                "In a kernel (h, w, C, F) the filters are on the last axis. What lies side by "
                "side in memory?",
                GRID,
            ),
            "grid_one_scale": (
                "All filters share one scale",
                "A weak filter beside a strong one would look grey. Whose minimum and maximum "
                "should a filter be scaled by?",
                GRID,
            ),
            "grid_scale_per_channel": (
                "Each colour channel is scaled by itself",
                "Scaled one by one, the colour channels change the filter's hue. All weights of"
                " a filter go together.",
                GRID,
            ),
            "grid_no_guard": (
                "A constant filter is divided by zero",
                "A filter of equal weights has range 0. What colour should it have, and what is"
                " it divided by?",
                GRID,
            ),
            "grid_clipped": (
                "Weights are clipped, not scaled",
                "Weights are negative as often as positive: cut off at 0, half of the filter is"
                " gone. How is a range mapped to another?",
                GRID,
            ),
            "grid_symmetric": (
                "0 is mapped to grey, not the minimum to 0",
                "Min-max scaling maps the smallest weight to 0 and the largest to 1, wherever 0"
                " lies.",
                GRID,
            ),
            "grid_constant_is_white": (
                "A constant filter becomes white",
                "A filter without contrast is told apart from the gaps only if it has another "
                "colour. Which does the task ask for?",
                GRID,
            ),
            "grid_bgr": (
                "Colours are in the order blue, green, red",
                "The colour channels come in the kernel's order. Does anything turn them round?",
                GRID,
            ),
            "grid_column_by_column": (
                "The grid is filled column by column",
                "Filters are laid out as text is: along a row, then the next. Which index runs "
                "fastest?",
                GRID,
            ),
        },
        ("receptive_field",): {
            "field_last_layer_first": (
                "The size is that of the layers in reverse order",
                "Formulas go from the image up, or from the unit down; each needs the layers in"
                " its own order. Which direction is yours for?",
                FIELD,
            ),
            "field_jump_first": (
                "The jump is multiplied before it is used",
                "When a layer's kernel reaches over its input, how far apart are two of its "
                "inputs: before or after its own stride?",
                FIELD,
            ),
            "field_no_jump": (
                "Earlier strides are ignored",
                "After a stride of 2, neighbouring units are 2 pixels apart. What does that do "
                "to the reach of the next kernel?",
                FIELD,
            ),
            "field_whole_kernel": (
                "The kernel's size is added, not its size minus 1",
                "A kernel of size 1 adds nothing to the field. How many more inputs does one of"
                " size 3 reach?",
                FIELD,
            ),
            "field_stride_of_layer": (
                "The layer's own stride is used, not the jump before it",
                "How far apart the inputs of a layer lie was decided by the layers below it.",
                FIELD,
            ),
            "field_jump_added": (
                "Strides are added up",
                "Two layers of stride 3: when a unit moves by one, how far does it move in the "
                "image?",
                FIELD,
            ),
            "field_product": (
                "The size is the kernel times the jump",
                "A stack of two 3x3 layers sees 5x5. Does your formula say so?",
                FIELD,
            ),
            "field_last_stride_only": (
                "The jump is the last layer's stride",
                "The strides of all layers together decide how far a step is in the image.",
                FIELD,
            ),
            "field_area": (
                "The number of pixels is returned, not the side",
                "Asked for is the side of the square.",
                FIELD,
            ),
            "field_swapped": (
                "Jump and size change places",
                "In which order does the task ask for size and jump?",
                FIELD,
            ),
        },
        ("top_patches",): {
            "patches_channel_first": (
                "The channel is taken from the wrong axis",
                "Keras' maps are (N, h, w, F). Which axis does the channel's number belong to?",
                PATCH,
            ),
            "patches_absolute": (
                "The largest absolute value is searched",
                "The most active unit has the largest value, not the largest size. Where all "
                "are negative the two differ.",
                PATCH,
            ),
            "patches_last_maximum": (
                "Of equal maxima the last one is taken",
                "Where several places share the maximum, the first in reading order counts.",
                PATCH,
            ),
            "patches_column_major": (
                "Maxima are searched column by column",
                "In reading order the column runs fastest. Along which axis does your search "
                "run first?",
                PATCH,
            ),
            "patches_mean": (
                "Images are ordered by their mean activation",
                "An image counts by its most active place, not by its average.",
                PATCH,
            ),
            "patches_least_active": (
                "The least active images come first",
                "Sorting goes upwards unless it is told otherwise. Which end do you take?",
                PATCH,
            ),
            "patches_ties_reversed": (
                "Of equal images the later one comes first",
                "Turning a sorted list round turns equal ones round as well. Which of two equal"
                " images comes first?",
                PATCH,
            ),
            "patches_not_sorted": (
                "The right images come in the wrong order",
                "The right images are there. Which one should stand first?",
                PATCH,
            ),
            "patches_several_per_image": (
                "One image gives several patches",
                "Asked for are different images, each with its best place. In which order are "
                "the two searches to be made?",
                PATCH,
            ),
            "patches_row_and_column_swapped": (
                "Row and column change places",
                "A flat index counts along rows. What do quotient and remainder by the width mean?",
                PATCH,
            ),
            "patches_positions_in_pixels": (
                "Positions are given in pixels",
                "Positions are asked for in the activation map; pixels are needed only to cut "
                "the patch.",
                PATCH,
            ),
            "patches_no_jump": (
                "The jump is left out",
                "One step in the map is several pixels in the image. How many?",
                PATCH,
            ),
            "patches_centred": (
                "The patch is centred on the unit's pixel",
                "With 'valid' layers unit (0, 0) sees the image from its very corner. Where "
                "does its field begin?",
                PATCH,
            ),
            "patches_scaled": (
                "The patches are rescaled",
                "The patches are parts of the image as it is; scaling belongs to the picture, "
                "not to the data.",
                PATCH,
            ),
        },
        ("tsne_affinities",): {
            "affinities_not_squared": (
                "Distances are not squared",
                "What stands in the exponent of equation 1: the distance or its square?",
                PERPLEXITY,
            ),
            "affinities_bits_for_nats": (
                "The entropy in nats is compared with bits",
                "If the entropy is computed with the natural logarithm, which number raised to "
                "it is the perplexity?",
                PERPLEXITY,
            ),
            "affinities_nats_for_bits": (
                "The entropy in bits is compared with nats",
                "If the entropy is computed with log2, which number raised to it is the "
                "perplexity?",
                PERPLEXITY,
            ),
            "affinities_entropy_is_perplexity": (
                "The entropy is compared with the perplexity",
                "The perplexity is a number of neighbours, the entropy its logarithm. Which of "
                "them do you compare with which?",
                PERPLEXITY,
            ),
            "affinities_self_included": (
                "A point is its own neighbour",
                "A point is not its own neighbour: p_ii is 0. Does it take part in the sum below?",
                PERPLEXITY,
            ),
            "affinities_not_shifted": (
                "All exponentials vanish where distances are large",
                "Where all distances are large every exponential is 0, and 0 / 0 is nan. What "
                "may be subtracted from the distances of a row without changing p?",
                PERPLEXITY,
            ),
            "affinities_few_steps": (
                "The search stops after 12 steps",
                "How much smaller does the interval get in each step, and how small must it be?",
                PERPLEXITY,
            ),
            "affinities_no_search": (
                "There is no search: one precision for all points",
                "Points in dense regions need a smaller Gaussian than those in sparse ones. How"
                " many searches are there?",
                PERPLEXITY,
            ),
            "affinities_precision_below_one": (
                "The precision cannot grow above 1",
                "As long as there is no upper bound yet, halving cannot help. How does the "
                "search find one?",
                PERPLEXITY,
            ),
            "affinities_not_symmetric": (
                "P is not made symmetric",
                "How alike i and j are must not depend on whom one asks. How are the two made one?",
                JOINT,
            ),
            "affinities_symmetric_only": (
                "P sums to N, not to 1",
                "P is one distribution over all pairs. What does yours sum to?",
                JOINT,
            ),
            "affinities_normalised_twice": (
                "P is divided by N once too often",
                "P is one distribution over all pairs. What does yours sum to?",
                JOINT,
            ),
            "affinities_product": (
                "P is symmetrised by a product",
                "The joint affinity is an average of the two conditional ones.",
                JOINT,
            ),
        },
        ("tsne_gradient",): {
            "gradient_gaussian": (
                "Q is Gaussian, not a Student t",
                "In the plane t-SNE uses heavier tails than a Gaussian: what does equation 4 "
                "have instead of exp?",
                TSNE,
            ),
            "gradient_self_included": (
                "A point is its own neighbour in Q",
                "A point is not its own neighbour in the plane either. What stands on the "
                "diagonal before the sum?",
                TSNE,
            ),
            "gradient_row_normalised": (
                "Q is normalised row by row",
                "Q is one distribution over all pairs. What is it divided by?",
                TSNE,
            ),
            "gradient_no_guard": (
                "0 log 0 becomes nan",
                "A pair that P does not know contributes nothing: the limit of p log p at 0 is "
                "0, and NumPy's answer is nan.",
                JOINT,
            ),
            "gradient_bits": (
                "The divergence is in bits",
                "Asked for are nats: which logarithm is that?",
                JOINT,
            ),
            "gradient_kl_reversed": (
                "P and Q change places in the divergence",
                "KL(P || Q) is not KL(Q || P). By whose probabilities are the logarithms weighed?",
                JOINT,
            ),
            "gradient_entropy_missing": (
                "The cross-entropy is returned, not the divergence",
                "The divergence of P from itself is 0. Is yours?",
                JOINT,
            ),
            "gradient_sign": (
                "The gradient has the wrong sign",
                "A step against the gradient must lower the divergence. If p_ij is larger than "
                "q_ij, should the two points come closer?",
                TSNE,
            ),
            "gradient_q_for_weights": (
                "q_ij stands where 1 / (1 + d^2) belongs",
                "Equation 5 has the factor before it is normalised. Which of the two did you keep?",
                TSNE,
            ),
            "gradient_no_weights": (
                "The factor 1 / (1 + d^2) is missing",
                "Equation 5 has three factors. Which one weakens the pull between distant points?",
                TSNE,
            ),
            "gradient_factor_two": (
                "The factor is 2, not 4",
                "Each y_i stands in two terms of the sum, p_ij and p_ji, and each brings a "
                "square's derivative.",
                TSNE,
            ),
            "gradient_factor_one": (
                "The factor 4 is missing",
                "Compare your constant with equation 5, or your gradient with a numeric one.",
                TSNE,
            ),
            "gradient_averaged": (
                "The gradient is divided by N",
                "The divergence is a sum over pairs. Is there anything in it that divides by N?",
                TSNE,
            ),
        },
    }
)
