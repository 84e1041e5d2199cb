#include "chain/crypto/recovery/generator_table.hpp"

#include "chain/crypto/jacobian.hpp"
#include "chain/crypto/montgomery.hpp"

#include <vector>

namespace troupe::chain::crypto::recovery {
namespace {

struct PrimeParameters {
    static constexpr Uint256 kModulus = kPrime;
};
using Field = MontgomeryField<PrimeParameters>;
using Point = Jacobian<Field, false>;

void write(const Uint256& x, const Uint256& y, PointLine& line) noexcept {
    for (int i = 0; i < 4; ++i) {
        line.words[i] = x.limbs[i];
        line.words[4 + i] = y.limbs[i];
    }
}

GeneratorTable make_table() noexcept {
    const Point generator = Point::of(Field(kGeneratorX), Field(kGeneratorY));
    const Point twice = generator.doubled();
    const Field z = twice.z.inverted();
    const Field x2 = twice.x * z.squared();
    const Field y2 = twice.y * z.squared() * z;
    std::vector<Point> points{generator};
    std::vector<Field> before{Field::one()};  // products of all z so far: one inversion for all
    for (int i = 1; i < kGeneratorMultiples; ++i) {
        before.push_back(before.back() * points.back().z);
        points.push_back(points.back().plus_affine(x2, y2));
    }
    GeneratorTable table;
    const Field beta(kBeta);
    Field rest = (before.back() * points.back().z).inverted();
    for (std::size_t i = points.size(); i-- > 0;) {
        const Field inverse = rest * before[i];
        rest = rest * points[i].z;
        const Field x = points[i].x * inverse.squared();
        const Field y = points[i].y * inverse.squared() * inverse;
        write(x.value(), y.value(), table.multiples[0][i]);
        write((beta * x).value(), y.value(), table.multiples[1][i]);
    }
    return table;
}

}  // namespace

const GeneratorTable& generator_table() noexcept {
    static const GeneratorTable kTable = make_table();
    return kTable;
}

}  // namespace troupe::chain::crypto::recovery
