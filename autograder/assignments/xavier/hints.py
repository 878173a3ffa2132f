"""What is said about known mistakes in parameter initialization: title, hint, what to reread."""

from ...diagnosis.catalogue import catalogue

FANS = "the lecture on Xavier initialization; keras.initializers.VarianceScaling (fans)"
XAVIER = "the lecture on Xavier initialization; Glorot & Bengio 2010, equations 12 and 16"
TRUNCATED = "keras.initializers.GlorotNormal; Glorot & Bengio 2010, equation 12"
DRAWS = "NumPy's guide to random generators (numpy.random.Generator)"
BACKPROP = "Goodfellow et al., Deep Learning, section 6.5 (back-propagation)"
SYMMETRY = "the lecture on symmetry; Goodfellow et al., Deep Learning, section 8.4"
SCALE = "the lecture on scale; Glorot & Bengio 2010, section 4.2"

CATALOGUE = catalogue(
    {
        ("compute_fans",): {
            "fans_vector_has_no_input": (
                "A vector's fan_in is taken to be 1",
                "Keras has a convention for a shape of one side (a bias): both fans are the "
                "same. The task states it.",
                FANS,
            ),
            "fans_two_axes_only": (
                "The first two axes of a convolution's kernel are its fans",
                "In (h, w, c_in, c_out) the first two sides are positions. Which sides say how "
                "many channels come in and go out?",
                FANS,
            ),
            "fans_no_receptive_field": (
                "The spatial axes of a convolution are left out",
                "How many numbers does one unit of a 3x3 convolution over 16 channels add up? "
                "Count its weights.",
                FANS,
            ),
            "fans_field_in_only": (
                "The spatial axes count for fan_in only",
                "One input pixel is used by every filter, at several positions. Count the "
                "products that it takes part in.",
                FANS,
            ),
            "fans_channels_first": (
                "The kernel is read with channels first",
                "Keras kernels have their channels last: (h, w, c_in, c_out). Where do yours "
                "begin?",
                FANS,
            ),
            "fans_swapped": (
                "fan_in and fan_out change places",
                "fan_in counts what flows into a unit. In a Dense kernel (m, n), which side is "
                "the input's?",
                FANS,
            ),
            "fans_plane_only": (
                "Convolutions with three spatial axes are forgotten",
                "There are convolutions over one and over three axes too. Which sides belong to"
                " the field, whatever the length of the shape?",
                FANS,
            ),
            "fans_float": (
                "Fans are floats, not integers",
                "A number of connections is an integer, and products of integers are too. Which"
                " operation made it a float?",
                FANS,
            ),
        },
        ("glorot_uniform",): {
            "uniform_root_misplaced": (
                "The limit is sqrt(6) / (fan_in + fan_out)",
                "How far does the root reach in equation 16? Compute the limit by hand for fans"
                " of 3 and 3: it is 1.",
                XAVIER,
            ),
            "uniform_limit_is_std": (
                "The standard deviation is taken for the limit",
                "A uniform distribution on [-a, a] has a standard deviation smaller than a. By "
                "which factor?",
                XAVIER,
            ),
            "uniform_bias_counted": (
                "The bias is counted: sqrt(6 / (fan_in + fan_out + 1))",
                "The fans count the weights that come in and go out. Is the bias one of these "
                "inputs in equation 16?",
                XAVIER,
            ),
            "uniform_fan_in_only": (
                "The limit is sqrt(3 / fan_in)",
                "One direction keeps the signal's variance, the other the gradient's. How does "
                "equation 12 compromise between them?",
                XAVIER,
            ),
            "uniform_he": (
                "The limit is He's, sqrt(6 / fan_in)",
                "He's rule looks at fan_in and doubles the variance, for ReLU. Which fans does "
                "Glorot's rule use?",
                XAVIER,
            ),
            "uniform_no_root": (
                "The root is left out",
                "Equation 12 gives a variance, and a limit has the unit of its root. What is "
                "the limit for fans of 12 and 12? It is 0.5.",
                XAVIER,
            ),
            "uniform_positive": (
                "Draws are from 0 to the limit",
                "Weights of one sign push all units the same way. Where should the middle of "
                "the distribution be?",
                XAVIER,
            ),
            "uniform_normal_instead": (
                "Draws are normal, not uniform",
                "The variance is right, the shape is not: a normal distribution has values "
                "beyond any limit.",
                XAVIER,
            ),
            "uniform_shape_reversed": (
                "The kernel's axes are reversed",
                "The kernel has the shape that is asked for. Square kernels hide the difference.",
                DRAWS,
            ),
            "uniform_global_state": (
                "Draws come from the global np.random, not from rng",
                "np.random's own functions draw from one generator that everybody shares. The "
                "task hands you another one; who can repeat your draws otherwise?",
                DRAWS,
            ),
            "uniform_seeds_global_state": (
                "The global np.random is seeded anew",
                "Seeding the shared generator changes the draws of everybody else in the "
                "notebook. Draw from the one you were given.",
                DRAWS,
            ),
            "uniform_own_seed": (
                "The generator is made anew, with a fixed seed, at every call",
                "A generator made inside a function starts from the beginning at every call: "
                "all layers get the same weights. Which generator goes on?",
                DRAWS,
            ),
            "uniform_rounded": (
                "Draws are rounded",
                "Rounding makes many weights equal, small ones 0. Round what you print, not "
                "what you return.",
                SYMMETRY,
            ),
            "uniform_one_row": (
                "One row is drawn and repeated",
                "If all rows are copies, all inputs are treated alike. Every weight needs a "
                "draw of its own.",
                SYMMETRY,
            ),
        },
        ("glorot_normal",): {
            "normal_he": (
                "The variance is He's, 2 / fan_in",
                "He's rule looks at fan_in and doubles the variance, for ReLU. Which fans does "
                "Glorot's rule use?",
                XAVIER,
            ),
            "normal_variance_as_std": (
                "The variance is taken for the standard deviation",
                "Does your generator's method ask for a variance or for a standard deviation? "
                "Equation 12 gives which?",
                TRUNCATED,
            ),
            "normal_not_corrected": (
                "The truncation's loss of variance is not made up for",
                "Cutting off the tails makes the variance smaller. What is the standard "
                "deviation of a standard normal truncated at two, and how is it made up for?",
                TRUNCATED,
            ),
            "normal_corrected_twice": (
                "The truncation is corrected twice",
                "The loss of variance is to be made up for once. Where do you divide by the "
                "constant, and where again?",
                TRUNCATED,
            ),
            "normal_not_truncated": (
                "The normal is not truncated",
                "One draw in twenty lies beyond two standard deviations. What does Keras do "
                "with those?",
                TRUNCATED,
            ),
            "normal_redrawn_once": (
                "Values beyond two sigmas are drawn again only once",
                "A second draw may be too far out as well, once in twenty times. When can you "
                "stop?",
                TRUNCATED,
            ),
            "normal_clipped": (
                "Values beyond two sigmas are clipped, not drawn again",
                "Moved to the bound, one value in twenty piles up there. What else can be done "
                "with a draw that is too far out?",
                TRUNCATED,
            ),
            "normal_uniform_instead": (
                "Draws are uniform, not normal",
                "Mean, variance and bound alone do not make a normal distribution. Plot a "
                "histogram of many draws.",
                TRUNCATED,
            ),
            "normal_three_sigmas": (
                "The normal is truncated at three sigmas",
                "At how many standard deviations does Keras truncate? The correction constant "
                "belongs to that number only.",
                TRUNCATED,
            ),
            "normal_zeros_outside": (
                "Values beyond two sigmas become zero",
                "A twentieth of the weights would be exactly 0. What else can be done with a "
                "draw that is too far out?",
                TRUNCATED,
            ),
        },
        ("two_layer_gradients",): {
            "layers_loss_over_examples_only": (
                "The loss is averaged over N only",
                "The mean squared error is a mean over everything that is squared. How many "
                "numbers is that?",
                BACKPROP,
            ),
            "layers_loss_half": (
                "The loss is halved",
                "The half in front of some squared errors is there to cancel a 2. Does the mean"
                " of Keras have it, and does your gradient belong to your loss?",
                BACKPROP,
            ),
            "layers_no_factor_two": (
                "The 2 of the square's derivative is missing",
                "What is the derivative of a square?",
                BACKPROP,
            ),
            "layers_gradient_over_examples": (
                "The gradient is divided by N, not by N K",
                "Loss and gradient are divided by the same number. Over how many entries does "
                "the mean in the loss run?",
                BACKPROP,
            ),
            "layers_gradient_not_averaged": (
                "The gradient is that of a sum",
                "If the loss is a mean, a constant stands in front of the whole sum. It is "
                "there in the gradient too.",
                BACKPROP,
            ),
            "layers_sign": (
                "The gradient has the wrong sign",
                "Make a prediction a little larger than its target: should the loss rise or "
                "fall if it grows further?",
                BACKPROP,
            ),
            "layers_no_slope": (
                "The slope of tanh is left out",
                "Between W2 and W1 lies a nonlinearity. The chain rule has a factor for it.",
                BACKPROP,
            ),
            "layers_slope_of_gradient": (
                "The slope of tanh is taken from the gradient",
                "The slope of tanh belongs to the place where it was evaluated in the forward "
                "pass. Which array is that?",
                BACKPROP,
            ),
            "layers_slope_tanh_twice": (
                "The slope is taken at tanh(h), and h is a tanh already",
                "Written with its own value, the derivative of tanh needs no further tanh. Which "
                "array holds that value?",
                BACKPROP,
            ),
            "layers_slope_not_squared": (
                "The slope is 1 - h: a square is missing",
                "Write down the derivative of tanh and check it at 0 and at large values: it is "
                "symmetric.",
                BACKPROP,
            ),
            "layers_slope_sigmoid": (
                "The slope is that of a sigmoid",
                "h (1 - h) is the slope of another function. What is the derivative of tanh, "
                "written with its own value?",
                BACKPROP,
            ),
            "layers_db1_mean": (
                "db1 is a mean, not a sum",
                "The mean is already in the loss. What adds up over the examples that share one"
                " bias?",
                BACKPROP,
            ),
            "layers_db1_keepdims": (
                "db1 has shape (1, U)",
                "A gradient has the shape of what it belongs to. What shape has b1?",
                BACKPROP,
            ),
            "layers_dW2_before_tanh": (
                "dW2 uses the hidden layer before its tanh",
                "W2 multiplies something in the forward pass; its gradient contains exactly that.",
                BACKPROP,
            ),
        },
        ("distinct_units",): {
            "units_rows": (
                "Rows are counted, not columns",
                "In a kernel (D, U), do the weights into one unit stand in a row or in a column?",
                SYMMETRY,
            ),
            "units_rounded": (
                "Units are rounded to a fixed number of digits",
                "The tolerance is an argument, and near the edge of a rounding step two close "
                "numbers fall apart. Compare differences.",
                SYMMETRY,
            ),
            "units_exact": (
                "Only exactly equal units count as equal",
                "After training twins differ in their last digits. What does the tolerance say?",
                SYMMETRY,
            ),
            "units_fixed_tolerance": (
                "The tolerance given is ignored",
                "How close is close enough is the caller's choice. Which argument says so?",
                SYMMETRY,
            ),
            "units_sums": (
                "Units with equal sums count as equal",
                "Different weights can have the same sum. When are two units really the same?",
                SYMMETRY,
            ),
            "units_norms": (
                "Units with equal norms count as equal",
                "A vector and its negative have the same norm. When are two units really the same?",
                SYMMETRY,
            ),
            "units_neighbours_only": (
                "Only neighbouring columns are compared",
                "Twins need not stand side by side. With whom must a column be compared?",
                SYMMETRY,
            ),
            "units_signed_difference": (
                "The sign of the difference is kept",
                "A difference of -5 is large as well. How is a distance made of it?",
                SYMMETRY,
            ),
            "units_mean_difference": (
                "The mean difference is compared, not the largest",
                "One weight that differs is enough to make two units different; an average "
                "hides it.",
                SYMMETRY,
            ),
            "units_any_close": (
                "Units with one equal weight count as equal",
                "Two units are the same if all their weights agree. Do you ask for all, or for "
                "one?",
                SYMMETRY,
            ),
            "units_pairs": (
                "Pairs are counted, not groups",
                "Asked for is the number of different units. Of three equal ones and one other "
                "there are two.",
                SYMMETRY,
            ),
        },
        ("signal_stds",): {
            "signal_no_tanh": (
                "There is no tanh",
                "What is a layer here: only a product, or a product and something else? Without"
                " it twenty layers are one.",
                SCALE,
            ),
            "signal_all_before_tanh": (
                "All layers are measured before their tanh",
                "The signal that the next layer sees is what comes out of the nonlinearity. Which "
                "array do you measure?",
                SCALE,
            ),
            "signal_before_tanh": (
                "The last layer is taken before its tanh",
                "Every layer ends with its nonlinearity, the last one too.",
                SCALE,
            ),
            "signal_no_input": (
                "The input's standard deviation is left out",
                "L layers have L + 1 activations, if what goes in is counted. The task counts it.",
                SCALE,
            ),
            "signal_one_example": (
                "Only the first example is measured",
                "The spread is that of all examples and all units together. Which entries did "
                "you keep?",
                SCALE,
            ),
            "signal_root_mean_square": (
                "The mean is not subtracted",
                "The standard deviation measures from the mean. When are the two the same?",
                SCALE,
            ),
            "signal_unbiased": (
                "The variance is divided by the number minus 1",
                "The activations are all there is, not a sample of more. What are their squares"
                " divided by?",
                SCALE,
            ),
            "signal_mean_of_unit_stds": (
                "The standard deviations of the units are averaged",
                "An average of spreads is not the spread of all: units with different means "
                "make the difference.",
                SCALE,
            ),
            "signal_variance": (
                "The variance is returned",
                "The standard deviation has the unit of the activations. What is missing?",
                SCALE,
            ),
        },
        ("gradient_stds",): {
            "gradient_no_slope": (
                "The slope of tanh is left out",
                "Going back through a layer, the gradient passes the product and the "
                "nonlinearity. Which factor belongs to the second?",
                BACKPROP,
            ),
            "gradient_slope_below": (
                "The slope is taken at the layer below",
                "The slope belongs to the layer that the gradient goes through: at its output "
                "or at its input?",
                BACKPROP,
            ),
            "gradient_slope_after_kernel": (
                "The gradient passes the kernel first, then the slope of the layer below",
                "Forward: first the product, then tanh. In which order does the gradient meet "
                "them on its way back, and whose tanh is it?",
                BACKPROP,
            ),
            "gradient_not_transposed": (
                "The kernel is not transposed",
                "Going forward, x of width m becomes width n. Going back it is the other way "
                "round; square kernels hide it.",
                BACKPROP,
            ),
            "gradient_not_reversed": (
                "The gradients are returned from the last layer to the first",
                "You meet the last layer first. In which order is the result asked for?",
                SCALE,
            ),
            "gradient_averaged": (
                "The gradients are divided by N",
                "S is a sum, not a mean. Is there anything in it that divides by N?",
                BACKPROP,
            ),
            "gradient_root_mean_square": (
                "The mean is not subtracted",
                "The standard deviation measures from the mean. When are the two the same?",
                SCALE,
            ),
        },
    }
)
